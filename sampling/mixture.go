package sampling

// Mixture is for 0/1 payoffs, at all times: a beta mixture.
const Mixture = "mixture"

var mixture = boundKind{name: Mixture, binary: true, interval: anytime}
