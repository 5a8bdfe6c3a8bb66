package outbox

import (
	"hash/fnv"
	"time"
)

// Backoff is the wait before the next attempt after so many have failed: 1,
// 5, 15 and 30 minutes, 1, 2 and then every 4 hours, spread by a fifth either
// way so that deliveries of one relay do not come back together. The spread
// is fixed by the delivery and the attempt, so the same input gives the same
// wait.
func Backoff(attempts int, id string) time.Duration {
	steps := []time.Duration{
		time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute,
		time.Hour, 2 * time.Hour, 4 * time.Hour,
	}
	step := steps[min(max(attempts-1, 0), len(steps)-1)]
	h := fnv.New32a()
	h.Write([]byte(id))
	h.Write([]byte{byte(attempts)})
	spread := float64(h.Sum32()%1000)/1000*0.4 - 0.2
	return step + time.Duration(spread*float64(step))
}
