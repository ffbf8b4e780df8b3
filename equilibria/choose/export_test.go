package choose

// Departure is departure, for tests that open games by name.
var Departure = departure
