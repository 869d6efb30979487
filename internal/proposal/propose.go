package proposal

// Propose says of each candidate that it is in, or why not, and makes the
// instructions that would be sent. It is pure: the order of the arguments does
// not matter, and it knows no clock but World.Now.
func Propose(policy Policy, candidates []Candidate, world World) *Proposal {
	return &Proposal{}
}
