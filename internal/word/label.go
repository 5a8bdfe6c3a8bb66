package word

// readLabels looks for answers by the words beside them where their controls
// are gone.
func (r *reader) readLabels() {}
