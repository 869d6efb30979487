package proposal

// A Reason is why a due item is left out of a proposal: a code that programs may
// rely on. The empty Reason means that it is in.
type Reason string
