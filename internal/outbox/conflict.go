package outbox

import "errors"

// ErrConflict says that a delivery was changed by somebody else after it was
// read: read it again and decide again.
var ErrConflict = errors.New("the delivery was changed meanwhile: read it again")
