package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/report"
)

// onePage is how many deliveries stand on one page.
const onePage = 100

// filter is what a reader asked to see; empty fields ask for all.
type filter struct {
	State  outbox.State
	Kind   outbox.Kind
	Role   pep.Role
	Method string
	Ref    pep.Ref
	page   int
}

// filterOf reads a query. It is false for a value that means nothing, so that
// a mistyped one is not taken for all.
func (s *Site) filterOf(query url.Values) (filter, bool) {
	f := filter{
		State: outbox.State(query.Get("state")), Kind: outbox.Kind(query.Get("kind")),
		Role: pep.Role(query.Get("role")), Method: query.Get("method"), page: 1,
	}
	ok := f.State == "" || slices.Contains(outbox.States(), f.State)
	ok = ok && (f.Kind == "" || slices.Contains(outbox.Kinds(), f.Kind))
	ok = ok && (f.Role == "" || slices.Contains(pep.Roles(), f.Role))
	ok = ok && (f.Method == "" || slices.ContainsFunc(methodGroups(s.result.Report), func(g namedGroup) bool { return g.key == f.Method }))
	if text := query.Get("ref"); text != "" {
		ref, err := pep.ParseRef(text)
		if err != nil {
			return filter{}, false
		}
		f.Ref = ref
	}
	if text := query.Get("page"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return filter{}, false
		}
		f.page = n
	}
	return f, ok
}

func (f filter) takes(r report.Row) bool {
	return (f.State == "" || r.State == f.State) && (f.Kind == "" || r.Kind == f.Kind) &&
		(f.Role == "" || r.Role == f.Role) && (f.Method == "" || string(r.Method) == f.Method) &&
		(f.Ref == "" || r.Ref == f.Ref)
}

// address leads to another page of the same choice.
func (f filter) address(page int) string {
	query := url.Values{"page": {strconv.Itoa(page)}}
	for name, value := range map[string]string{
		"state": string(f.State), "kind": string(f.Kind), "role": string(f.Role), "method": f.Method, "ref": string(f.Ref),
	} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return "/deliveries?" + query.Encode()
}

// at is the address of one delivery's page.
func at(id string) string { return "/deliveries/" + url.PathEscape(id) }

// listBody is the page of deliveries.
type listBody struct {
	Filter         filter
	States         []option
	Kinds          []option
	Roles          []option
	Methods        []option
	Found          string
	Table          table
	Previous, Next string
	Pages          string
}

type option struct {
	Value, Text string
	Chosen      bool
}

func (s *Site) deliveries(w http.ResponseWriter, r *http.Request) {
	f, ok := s.filterOf(r.URL.Query())
	if !ok {
		s.message(w, http.StatusBadRequest, "That filter means nothing", "Choose a state, a kind, a recipient or a method from the lists, or type a reference such as PEP-7F3K-2Q.")
		return
	}
	var rows []report.Row
	for _, row := range s.result.Report.Rows {
		if f.takes(row) {
			rows = append(rows, row)
		}
	}
	pages := max(1, (len(rows)+onePage-1)/onePage)
	if f.page > pages {
		s.message(w, http.StatusNotFound, "Page not found", "The list has no page of that number.")
		return
	}
	body := listBody{
		Filter: f, Found: plural(len(rows), "delivery", "deliveries"),
		Table:  s.deliveryTable(rows[(f.page-1)*onePage : min(f.page*onePage, len(rows))]),
		States: options(outbox.States(), f.State, func(s outbox.State) string { return string(s) }),
		Kinds:  options(outbox.Kinds(), f.Kind, report.What),
	}
	s.offer(&body)
	if f.page > 1 {
		body.Previous = f.address(f.page - 1)
	}
	if f.page < pages {
		body.Next = f.address(f.page + 1)
	}
	if pages > 1 {
		body.Pages = "Page " + strconv.Itoa(f.page) + " of " + strconv.Itoa(pages)
	}
	s.show(w, http.StatusOK, listPage, "Deliveries", "/deliveries", body)
}

// offer lists the recipients and methods that occur.
func (s *Site) offer(body *listBody) {
	for _, g := range roleGroups(s.result.Report) {
		if g.key != "" {
			body.Roles = append(body.Roles, option{Value: g.key, Text: g.name, Chosen: g.key == string(body.Filter.Role)})
		}
	}
	for _, g := range methodGroups(s.result.Report) {
		body.Methods = append(body.Methods, option{Value: g.key, Text: g.name, Chosen: g.key == body.Filter.Method})
	}
}

func options[K ~string](all []K, chosen K, name func(K) string) []option {
	list := make([]option, 0, len(all))
	for _, k := range all {
		list = append(list, option{Value: string(k), Text: capital(name(k)), Chosen: k == chosen})
	}
	return list
}

func (s *Site) deliveryTable(rows []report.Row) table {
	t := table{ID: "deliveries", Caption: "Deliveries by due date", Empty: "No delivery is like that.", Columns: []column{
		{Head: "Reference"}, {Head: "What"}, {Head: "Recipient"}, {Head: "Due"}, {Head: "Left"}, {Head: "How"}, {Head: "State"}, {Head: "Why not"},
	}}
	for _, r := range rows {
		gone := shortDay(r.Left)
		if r.Late && r.Sent() {
			gone += " (late)"
		}
		why := r.WhyNot
		if r.Sent() && r.Passphrase == outbox.PassphrasePending {
			why = string(r.Passphrase)
		}
		t.Rows = append(t.Rows, []cell{
			{Text: string(r.Ref), Href: at(r.ID)},
			words(capital(r.What())),
			words(recipient(r)),
			short(shortDay(r.Due)),
			short(gone),
			words(capital(r.How())),
			state(r.State),
			words(capital(why)),
		})
	}
	return t
}
