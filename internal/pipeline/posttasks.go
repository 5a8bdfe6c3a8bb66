package pipeline

import (
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

// The tasks that registered post makes.
const (
	taskPost timetable.MilestoneName = "registered_post"
	taskAsk  timetable.MilestoneName = "post_not_delivered"
)

// postTasks are what people have to do for a child's letters up to a day: print
// and post what waits, and ask about what nobody is known to have signed for.
func (r *Runner) postTasks(c *child, until pep.Date) []timetable.Due {
	var all []timetable.Due
	add := func(d outbox.Delivery, name timetable.MilestoneName, due pep.Date, why ...string) {
		if !due.After(until) {
			all = append(all, timetable.Due{
				Ref: d.Ref, Kind: timetable.KindTask, Milestone: name, Due: due, Role: pep.Officer, Late: due.Before(r.today()), Why: why,
			})
		}
	}
	for _, d := range c.past.deliveries {
		switch {
		case readyForPost(d):
			add(d, taskPost, d.Due, "the "+string(d.Kind)+" for the "+string(d.Recipient.Role)+" goes by registered post",
				"pepost outbox print "+d.ID+", post it, then pepost outbox posted "+d.ID)
		case d.State == outbox.Posted && d.Posting.Number != "":
			on, why := r.Post.AskOn(d.Posting.PostedOn, r.Calendar)
			add(d, taskAsk, on, why, "number "+d.Posting.Number.String()+": ask the Royal Mail, then pepost outbox delivered "+d.ID+
				", or pepost outbox settle "+d.ID+" --as bounced")
		}
	}
	return all
}
