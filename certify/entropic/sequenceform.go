package entropic

import (
	"context"
	"fmt"
	"math"
	"slices"

	"arbiter/certify"
	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/internal/interval"
)

// SequenceForm certifies a tree of two seats and constant sum in realisation plans
// x, y with dilated entropy ω(x) = Σ_I x_p(I) Σ_a b_Ia log b_Ia, b the behaviour
// and p(I) the own move before I: seat k minimises minus its payoff plus τ_k ω. The
// payoffs are skew and cancel, so every temperature is certified, V = B(z*,z) =
// Σ_I x*_p(I) KL(b*_I‖b_I) falls at the least of the two along the mirror flow,
// and so it does in proximal steps η ≤ τ/L², by 1/(1+ητ) (see bilinear for L).
// Payoffs that differ from constant sum by rounding are made so in play, where half
// their difference counts, and cost a little of the margin (see bilinear). Equilibrium holds behaviour, the rows of seat 0, then of seat
// 1; Residual is its largest difference from the regularised response.
func SequenceForm(ctx context.Context, b *flat.Board, tau []float64) (*certify.Certificate, error) {
	f, err := NewDilated(b)
	if err != nil {
		return nil, err
	}
	if len(tau) != 2 {
		return nil, fmt.Errorf("%d temperatures, expected one for each of 2 seats", len(tau))
	}
	for k, x := range tau {
		if !(x > 0) || math.IsInf(x, 1) {
			return nil, fmt.Errorf("temperature of seat %d is %g, expected a finite number above 0", k, x)
		}
	}
	f.Tau = append([]float64(nil), tau...)
	nan := math.NaN()
	lipschitz, defect := f.bilinear()
	margin := sumDown(slices.Min(tau), -defect/2)
	c := certify.New()
	c.Game, c.Form = b.Info().Name, "sequence"
	c.Concept, c.Field, c.Norm, c.Method = "sequence_qre", "mirror gradient of realisation plans", certify.DilatedKL, certify.Analytic
	c.Blocks, c.Mu, c.Ell = []string{"seat 0", "seat 1"}, f.Tau, []float64{nan, nan}
	c.Coupling.Rows, c.Weights, c.Attained = [][]float64{{0, lipschitz}, {lipschitz, 0}}, []float64{1, 1}, true
	c.Gain, c.Lipschitz = lipschitz/math.Sqrt(tau[0])/math.Sqrt(tau[1]), lipschitz
	c.Margin, c.Margins.Signed, c.Source = margin, margin, certify.BySigned
	c.Entropy = &certify.Entropy{
		Temperature: f.Tau, Exact: true, Unsigned: nan, Lipschitz: lipschitz, Optimal: true,
		Threshold: defect / 2, UnsignedThreshold: nan, Primal: certify.Primal{Margin: nan}, Distance: nan,
	}
	c.Everywhere("kl, dilated")
	if fewLeaves(b) {
		c.Witnesses = &certify.Witnesses{}
	}
	if !(margin > 0) {
		c.Reasons = append(c.Reasons, "the payoffs are not of constant sum, by more than the temperatures; this is not divergence")
		return c, nil
	}
	c.Rate = margin
	eta, factor := math.Inf(1), 0.0
	if square := productUp(lipschitz, lipschitz); square > 0 {
		eta = interval.Down(c.Margin / square)
		factor = interval.Up(1 / sumDown(1, productDown(eta, c.Margin)))
	}
	c.Steps = []certify.Step{
		{Scheme: certify.Flow, Bound: certify.FlowDilated, Max: math.Inf(1), Best: nan, Factor: nan, Status: certify.Theorem},
		{Scheme: certify.Prox, Bound: certify.ProxDilated, Max: eta, Best: eta, Factor: factor, Status: certify.Theorem},
	}
	found, err := f.solve(ctx, lipschitz)
	if err != nil {
		return nil, err
	}
	for _, l := range f.Logits {
		for _, x := range l {
			c.Equilibrium = append(c.Equilibrium, math.Exp(x))
		}
	}
	var gap float64
	c.Residual, gap = f.residual()
	c.Entropy.Distance = math.Sqrt(2 * gap / c.Margin)
	if !found {
		c.Reasons = append(c.Reasons, fmt.Sprintf("the equilibrium is known to a residual of %.3g only", c.Residual))
	}
	return c, nil
}

// Dilated is a game in sequence form and a point of it.
type Dilated struct {
	t      *tree
	Tau    []float64 // of the two players
	first  []int     // per block, of its sequences
	Before []int     // per block: the own sequence before it, -1 for none
	Cells  []cell    // payoffs by pair of sequences

	Logits [][]float64 // log behaviour per block
	Plan   []float64   // realisation weight per sequence
	loss   []float64   // its derivative of what the owner minimises, without entropy
	worth  []float64   // room: what lies behind a sequence
}

// cell is a leaf's payoff of seat 0 times chance; sequences are -1 for none.
type cell struct {
	at    [2]int
	value float64
}

// NewDilated lays out a zero-sum tree of two players; errors say what of it is not covered.
func NewDilated(b *flat.Board) (*Dilated, error) {
	info := b.Info()
	if info.Seats != 2 {
		return nil, fmt.Errorf("%s: %d seats, expected 2 for the sequence form", info.Name, info.Seats)
	}
	t, err := newTree(b)
	if err != nil {
		return nil, err
	}
	f := &Dilated{t: t}
	count := 0
	for _, n := range t.sizes {
		f.first = append(f.first, count)
		count += int(n)
		f.Logits = append(f.Logits, make([]float64, n))
		for a := range n {
			f.Logits[len(f.Logits)-1][a] = -math.Log(float64(n))
		}
	}
	f.Plan, f.loss, f.worth = make([]float64, count), make([]float64, count), make([]float64, count)
	for seat := range 2 {
		for _, s := range b.Parents(seat) {
			at := -1
			if s.Row >= 0 {
				at = f.first[t.first[seat]+int(s.Row)] + int(s.Move)
			}
			f.Before = append(f.Before, at)
		}
	}
	low, high, size := math.Inf(1), math.Inf(-1), 0.0
	for _, l := range t.leaves {
		sum := l.payoff[0] + l.payoff[1]
		low, high = min(low, sum), max(high, sum)
		size = max(size, math.Abs(l.payoff[0]), math.Abs(l.payoff[1]))
		c := cell{at: [2]int{-1, -1}, value: (l.low/2 + l.high/2) * (l.payoff[0]/2 - l.payoff[1]/2)}
		for _, d := range l.path {
			c.at[t.owner[d.block]] = f.first[d.block] + int(d.move)
		}
		f.Cells = append(f.Cells, c)
	}
	if high-low > 1e-9*size {
		return nil, fmt.Errorf("%s: the payoffs of both seats sum to %g and to %g, expected a constant sum for the sequence form", info.Name, low, high)
	}
	return f, nil
}

// bilinear is at least L, the Lipschitz constant of the payoffs in a norm in which
// ω is 1-strongly convex: U sqrt(ρ_0 ρ_1), with U half the range of payoffs and
// ρ_k the largest probability, over pure plays θ of chance at all its nodes, that
// an information set of seat k can be reached.
//
// Proof. Fix θ, and any pure play σ of seat 1 node by node. Seat 0 then walks a
// tree of its own nodes in which no information set comes twice (recall), x induces
// a distribution on its leaves, and by the chain rule the divergence of two of them
// is Σ x_p(I) KL(b_I‖b'_I) over the sets in that tree. For d = x - x' let N_θ(d) be
// the largest Σ|d| over the leaves for any σ. Pinsker's inequality at the best σ of
// each θ gives
//
//	½ E_θ N_θ(d)² ≤ Σ_I P_θ(I can be reached) x_p(I) KL(b_I‖b'_I) ≤ ρ_0 B(x,x'),
//
// so ω is 1-strongly convex in |d|² = E_θ N_θ(d)²/ρ_0; likewise for seat 1. Within θ,
// Σ_z |d(z)||e(z)| over all leaves is at most N_θ(d) N_θ(e): from the leaves up, at
// a node of seat 0 the first factor is the sum over children and the second the
// largest of them, at one of seat 1 the reverse. Payoffs may be moved by a
// constant, of which all plans earn the same, so |d'Ae| ≤ U E_θ N_θ(d) N_θ(e) ≤
// U sqrt(ρ_0 ρ_1) |d||e| by the inequality of Cauchy and Schwarz.
//
// Where sums S = u_0 + u_1 of payoffs are not all the same, what does not cancel is
// |d'Se| ≤ κ|d||e| ≤ κ/2 (B(x,x')+B(x',x)+B(y,y')+B(y',y)), κ half the range of S times
// sqrt(ρ_0 ρ_1), and V' ≤ -(τ - κ/2) V. That κ is defect, 0 for constant sums; it
// counts in L too.
func (f *Dilated) bilinear() (lipschitz, defect float64) {
	low, high := math.Inf(1), math.Inf(-1)
	least, widest := math.Inf(1), math.Inf(-1)
	for _, l := range f.t.leaves {
		low = min(low, sumDown(l.payoff[0]/2, -l.payoff[1]/2))
		high = max(high, sumUp(l.payoff[0]/2, -l.payoff[1]/2))
		least = min(least, sumDown(l.payoff[0], l.payoff[1]))
		widest = max(widest, sumUp(l.payoff[0], l.payoff[1]))
	}
	reach := f.t.reachable()
	var most [2]float64
	for block, p := range reach {
		k := f.t.owner[block]
		most[k] = max(most[k], p)
	}
	rho := productUp(most[0], most[1])
	if rho == 0 {
		return 0, 0
	}
	root := math.Sqrt(rho)
	if root*root < rho || math.FMA(root, root, -rho) < 0 {
		root = interval.Up(root)
	}
	if widest > least {
		defect = productUp(sumUp(widest, -least)/2, root)
	}
	if high > low {
		lipschitz = sumUp(productUp(sumUp(high, -low)/2, root), defect)
	}
	return lipschitz, defect
}

// reachable is, per block, the probability over pure plays of chance that some
// play of the seats reaches it, rounded up. Chance draws below different moves are
// independent.
func (t *tree) reachable() []float64 {
	members := make([][]int32, len(t.owner))
	for k, b := range t.block {
		if b >= 0 {
			members[b] = append(members[b], int32(k))
		}
	}
	value, seen := make([]float64, len(t.parent)), make([]bool, len(t.parent))
	out := make([]float64, len(t.owner))
	for block, nodes := range members {
		var ids []int32
		for _, k := range nodes {
			for ; k >= 0 && !seen[k]; k = t.parent[k] {
				seen[k] = true
				ids = append(ids, k)
			}
		}
		slices.Sort(ids)
		for at := len(ids) - 1; at >= 0; at-- {
			k := ids[at]
			if int(t.block[k]) == block {
				value[k] = 1
			}
			p, up := min(1, value[k]), t.parent[k]
			if up < 0 {
				out[block] = p
				break
			}
			if n := t.b.Node(int(up)); n.Turn == games.Chance {
				value[up] = sumUp(value[up], productUp(t.b.Odds(n.Row)[int(k)-n.First], p))
			} else {
				value[up] = sumUp(value[up], productUp(p, max(0, sumUp(1, -value[up]))))
			}
		}
		for _, k := range ids {
			value[k], seen[k] = 0, false
		}
	}
	return out
}

// Set works out plan and loss from logits.
func (f *Dilated) Set() {
	for block, l := range f.Logits {
		reach := 1.0
		if f.Before[block] >= 0 {
			reach = f.Plan[f.Before[block]]
		}
		for a, x := range l {
			f.Plan[f.first[block]+a] = reach * math.Exp(x)
		}
	}
	clear(f.loss)
	for _, c := range f.Cells {
		x, y := 1.0, 1.0
		if c.at[0] >= 0 {
			x = f.Plan[c.at[0]]
		}
		if c.at[1] >= 0 {
			y = f.Plan[c.at[1]]
		}
		if c.at[0] >= 0 {
			f.loss[c.at[0]] -= c.value * y
		}
		if c.at[1] >= 0 {
			f.loss[c.at[1]] += c.value * x
		}
	}
}

// pull writes the logits of argmin η<loss,u> + ητω(u) + B(u,z) to dst, z those of
// from; without from, of argmin <loss,u> + τω(u). From the last sets back, each is
// a softmax.
func (f *Dilated) pull(dst, from [][]float64, eta float64) {
	clear(f.worth)
	for block := len(dst) - 1; block >= 0; block-- {
		tau := f.Tau[f.t.owner[block]]
		scale, step := tau, 1.0
		if from != nil {
			scale, step = 1+eta*tau, eta
		}
		l, top := dst[block], math.Inf(-1)
		for a := range l {
			at := f.first[block] + a
			v := -step*f.loss[at] - f.worth[at]
			if from != nil {
				v += from[block][a]
			}
			l[a] = v / scale
			top = max(top, l[a])
		}
		sum := 0.0
		for _, x := range l {
			sum += math.Exp(x - top)
		}
		log := top + math.Log(sum)
		for a := range l {
			l[a] -= log
		}
		if f.Before[block] >= 0 {
			f.worth[f.Before[block]] -= scale * log
		}
	}
}

// Prox is the proximal step.
func (f *Dilated) Prox(eta float64) {
	from := f.Logits
	if math.IsInf(eta, 1) {
		from = nil
	}
	f.pull(f.Logits, from, eta)
	f.Set()
}

// residual is the largest difference of a probability from the regularised
// response, and what both seats could gain, Σ τ_k B(z_k, response), which is at
// least τ times the divergence from the equilibrium.
func (f *Dilated) residual() (difference, gap float64) {
	response := Copies(f.Logits)
	f.pull(response, nil, 0)
	for block, l := range f.Logits {
		reach := 1.0
		if f.Before[block] >= 0 {
			reach = f.Plan[f.Before[block]]
		}
		for a, x := range l {
			p, q := math.Exp(x), math.Exp(response[block][a])
			difference = max(difference, math.Abs(p-q))
			// p log(p/q) - p + q without cancellation.
			r := response[block][a] - x
			if math.Abs(r) < 1e-4 {
				gap += f.Tau[f.t.owner[block]] * reach * p * r * r / 2 * (1 + r/3)
			} else {
				gap += f.Tau[f.t.owner[block]] * reach * (p*-r - p + q)
			}
		}
	}
	return difference, max(0, gap)
}

// Copies is a deep copy of x.
func Copies(x [][]float64) [][]float64 {
	out := make([][]float64, len(x))
	for i, v := range x {
		out[i] = slices.Clone(v)
	}
	return out
}

// solve looks for the equilibrium by mirror-prox, two proximal steps with the
// losses of the first in the second (Nemirovski 2004), of step 1/L at first, and
// tells whether its residual is as small as rounding lets it be.
func (f *Dilated) solve(ctx context.Context, lipschitz float64) (bool, error) {
	f.Set()
	if lipschitz == 0 {
		f.Prox(math.Inf(1))
		return true, nil
	}
	const every = 50
	eta, last := 4/lipschitz, math.Inf(1)
	best, at := math.Inf(1), Copies(f.Logits)
	from := Copies(f.Logits)
	limit := max(2000, min(200_000, 400_000_000/(1+len(f.t.parent))))
	for k := range limit {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		if k%every == 0 {
			r, _ := f.residual()
			if r < best {
				best = r
				for i := range at {
					copy(at[i], f.Logits[i])
				}
			}
			if r <= 1e-14 {
				break
			}
			if r > last/1.02 {
				if best <= 1e-12 {
					break
				}
				eta /= 2
			}
			last = r
		}
		for i := range from {
			copy(from[i], f.Logits[i])
		}
		f.Prox(eta)
		f.pull(f.Logits, from, eta)
		f.Set()
	}
	f.Logits = at
	f.Set()
	return best <= 1e-10, nil
}
