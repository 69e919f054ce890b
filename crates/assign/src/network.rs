//! The network under all that is polynomial: needs, people, links, prices, and who holds what.
//!
//! A transportation problem with unit links, solved by shortest augmenting paths over reduced costs
//! (Edmonds & Karp 1972, Tomizawa 1971; for assignment Jonker & Volgenant 1987). Everything is a
//! whole number, so what is tight is tight.
//!
//! What holds whenever nothing is left to place or to refill, with `u` a need's price, `v` a
//! person's, and `reduced = cost - u - v`:
//!
//! 1. A link not used has `reduced >= 0`, a used one `reduced <= 0`.
//! 2. `u <= open_cost`, and equal to it where a head is left open.
//! 3. `-v` lies between what the person's last need cost them in steps and what the next would.
//!    Without steps: `v <= 0`, and `v == 0` where there is room left.
//!
//! Together these are complementary slackness: the assignment is optimal and the prices prove it.
//! 1 and `u <= open_cost` hold at all times, so that the prices give a true bound at all times.
//!
//! Absent: windows, loads and rounds; pinned pairs (whoever builds the network leaves them out).

use crate::{
    answer::Duals,
    problem::{Cost, MAX_COST, NeedIx, PersonIx},
    rows::Rows,
};

mod bid;
mod change;
mod place;
mod refill;

/// A price at which nobody is asked: any open place is cheaper. For people without room.
pub(crate) const OUT_OF_REACH: Cost = -4 * MAX_COST;

/// Whether a link carries an assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    Unused,
    Used,
    /// The link is no longer there; its place in the list is kept so that others keep theirs.
    Gone,
}

/// One candidate of a need.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    pub(crate) cost: Cost,
    pub(crate) person: PersonIx,
    pub(crate) used: Use,
}

/// A link seen from the person: which need's, and where in that need's list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seat {
    pub(crate) need: NeedIx,
    pub(crate) at: u32,
    /// While bidding: up to which price the need holds on.
    bid: Cost,
}

#[derive(Clone, Debug)]
pub(crate) struct NeedNode {
    pub(crate) price: Cost,
    pub(crate) open_cost: Cost,
    pub(crate) heads: u32,
    /// How many of the heads have a person.
    pub(crate) placed: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct PersonNode {
    pub(crate) price: Cost,
    /// How many needs they can hold, beyond those pinned.
    pub(crate) room: u32,
    /// How many are pinned: where their steps begin.
    pub(crate) pinned: u32,
}

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    pub(crate) needs: Vec<NeedNode>,
    pub(crate) people: Vec<PersonNode>,
    /// By need.
    pub(crate) links: Rows<Link>,
    /// By person: the used links.
    pub(crate) seats: Rows<Seat>,
    /// By person: all links; made when first wanted.
    incoming: Option<Rows<Seat>>,
    /// What each further need of one person costs extra; the last repeats. Never falls.
    steps: Vec<Cost>,
    /// Heads are never left open: placing one stops where it would be.
    pub(crate) must_fill: bool,
    /// Links that are gone and still take up their place.
    gone: u32,
    scratch: place::Scratch,
    /// Links looked at so far.
    pub(crate) work: u64,
    /// Links, steps (those of the pinned needs too) and open places, as it stands.
    pub(crate) cost: i128,
    /// Pairs as they come and go, if somebody wants to know.
    moves: Option<Vec<(NeedIx, PersonIx)>>,
}

impl NeedNode {
    /// Nobody placed yet, the price still to be set.
    pub(crate) fn new(heads: u32, open_cost: Cost) -> Self {
        Self { price: open_cost, open_cost, heads, placed: 0 }
    }

    /// Whether a head waits that is neither placed nor proved to be best left open.
    pub(crate) fn waits(&self) -> bool {
        self.placed < self.heads && self.price < self.open_cost
    }
}

impl Network {
    /// Nothing used. `links[starts[n]..starts[n + 1]]` are those of need `n`.
    pub(crate) fn new(
        needs: Vec<NeedNode>,
        mut people: Vec<PersonNode>,
        links: Vec<Link>,
        starts: &[u32],
        steps: Vec<Cost>,
    ) -> Self {
        let seats = Rows::empty(people.len());
        for person in &mut people {
            person.price = resting_price(person, &steps);
        }
        let links = Rows::from_parts(links, starts);
        let scratch = place::Scratch::new(needs.len(), people.len());
        let steps_pinned = people.iter().map(|person| climb(&steps, person.pinned));
        let all_open = needs.iter().map(|need| i128::from(need.open_cost) * i128::from(need.heads));
        let mut network = Self {
            cost: steps_pinned.sum::<i128>() + all_open.sum::<i128>(),
            needs,
            people,
            links,
            seats,
            incoming: None,
            steps,
            must_fill: false,
            gone: 0,
            scratch,
            work: 0,
            moves: None,
        };
        for need in 0..network.needs.len() as NeedIx {
            network.settle_price(need);
        }
        network
    }

    /// Where both ends of a link stand; positive is no bargain.
    pub(crate) fn reduced(&self, need: NeedIx, link: &Link) -> Cost {
        link.cost - self.needs[need as usize].price - self.people[link.person as usize].price
    }

    /// Whether the person can hold one more.
    pub(crate) fn has_room(&self, person: PersonIx) -> bool {
        self.seats.len(person) < self.people[person as usize].room
    }

    /// What the next need of this person costs beyond the price they have; negative: they wait.
    fn next_step(&self, person: PersonIx) -> Cost {
        let node = &self.people[person as usize];
        step(&self.steps, node.pinned + self.seats.len(person)) + node.price
    }

    /// What the person would save beyond the price they have by holding one less. Not negative.
    fn last_step(&self, person: PersonIx) -> Cost {
        let node = &self.people[person as usize];
        let held = node.pinned + self.seats.len(person) - 1;
        -node.price - step(&self.steps, held)
    }

    /// Whether the person has room at a price above what the room costs.
    pub(crate) fn beckons(&self, person: PersonIx) -> bool {
        self.has_room(person) && self.next_step(person) < 0
    }

    /// The highest price of a need that no unused link contradicts.
    pub(crate) fn highest_price(&self, need: NeedIx) -> Cost {
        let free = self.links.of(need).iter().filter(|link| link.used == Use::Unused);
        let cheapest = free.map(|link| link.cost - self.people[link.person as usize].price).min();
        let open_cost = self.needs[need as usize].open_cost;
        cheapest.map_or(open_cost, |cost| cost.min(open_cost))
    }

    /// Makes 1 true of a need by the highest price allowed, giving up used links that are dearer.
    pub(crate) fn settle_price(&mut self, need: NeedIx) {
        let price = self.highest_price(need);
        self.needs[need as usize].price = price;
        for at in 0..self.links.len(need) {
            let link = *self.links.at(need, at);
            if link.used == Use::Used && self.reduced(need, &link) > 0 {
                self.release(need, at);
            }
        }
    }

    /// The need holds the person.
    pub(crate) fn take(&mut self, need: NeedIx, at: u32) {
        let person = self.links.at(need, at).person;
        self.cost += self.step_over(need, at);
        self.links.at_mut(need, at).used = Use::Used;
        self.needs[need as usize].placed += 1;
        self.seats.push(person, Seat { need, at, bid: 0 });
    }

    /// The need lets the person go.
    pub(crate) fn release(&mut self, need: NeedIx, at: u32) {
        let person = self.links.at(need, at).person;
        self.links.at_mut(need, at).used = Use::Unused;
        self.needs[need as usize].placed -= 1;
        let seat = self.seats.of(person).iter().position(|seat| seat.need == need);
        if let Some(seat) = seat {
            self.seats.swap_remove(person, seat as u32);
        }
        self.cost -= self.step_over(need, at);
    }

    /// What it costs more to use an unused link than to leave the head open; notes the move.
    fn step_over(&mut self, need: NeedIx, at: u32) -> i128 {
        let link = self.links.at(need, at);
        let held = self.people[link.person as usize].pinned + self.seats.len(link.person);
        if let Some(moves) = &mut self.moves {
            moves.push((need, link.person));
        }
        let open_cost = self.needs[need as usize].open_cost;
        i128::from(link.cost) - i128::from(open_cost) + i128::from(step(&self.steps, held))
    }

    /// Makes 1 true of a need whose links cost something else now.
    pub(crate) fn restore(&mut self, need: NeedIx) {
        let price = self.needs[need as usize].price;
        let links = self.links.of(need).iter();
        let holds = |link: &Link| match link.used {
            Use::Unused => self.reduced(need, link) >= 0,
            Use::Used => self.reduced(need, link) <= 0,
            Use::Gone => true,
        };
        if price > self.needs[need as usize].open_cost || !links.clone().all(holds) {
            self.settle_price(need);
        }
    }

    /// To the optimum from any prices of which 1 is true; `false` when `go_on` stopped it.
    pub(crate) fn solve(&mut self, go_on: &mut dyn FnMut(u64) -> bool) -> bool {
        if !go_on(self.work) {
            return false;
        }
        if self.steps.is_empty() && self.needs.iter().all(|need| need.placed == 0) {
            self.bid(go_on);
        }
        (0..self.needs.len() as NeedIx).all(|need| self.place(need, go_on))
            && self.refill_all(go_on)
    }

    /// Lowers a need's price as far as its used links allow, if all its heads are placed.
    pub(crate) fn tighten(&mut self, need: NeedIx) {
        let used = self.links.of(need).iter().filter(|link| link.used == Use::Used);
        let dearest = used.map(|link| link.cost - self.people[link.person as usize].price).max();
        let node = &mut self.needs[need as usize];
        if let Some(dearest) = dearest
            && node.placed == node.heads
        {
            node.price = node.price.min(dearest);
        }
    }

    /// All links there are, by need.
    pub(crate) fn all_links(&self) -> impl Iterator<Item = (NeedIx, &Link)> {
        (0..self.needs.len() as NeedIx).flat_map(|need| {
            let links = self.links.of(need).iter().filter(|link| link.used != Use::Gone);
            links.map(move |link| (need, link))
        })
    }

    /// All pairs, by need.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (NeedIx, &Link)> {
        self.all_links().filter(|(_, link)| link.used == Use::Used)
    }

    /// All prices. A person without room gets the price nearest 0 that tempts nobody. `O(links)`.
    pub(crate) fn duals(&self) -> Duals {
        let needs: Vec<Cost> = self.needs.iter().map(|need| need.price).collect();
        let full = |node: &PersonNode| node.room == 0;
        let price = |node: &PersonNode| if full(node) { 0 } else { node.price };
        let mut people: Vec<Cost> = self.people.iter().map(price).collect();
        if self.people.iter().any(full) {
            for (need, link) in self.all_links() {
                let person = link.person as usize;
                if full(&self.people[person]) {
                    people[person] = people[person].min(link.cost - needs[need as usize]);
                }
            }
        }
        Duals { needs, people }
    }

    /// Heads nobody is placed on.
    pub(crate) fn open_places(&self) -> u64 {
        self.needs.iter().map(|need| u64::from(need.heads - need.placed)).sum()
    }

    /// What no assignment costs less than, by the prices as they stand. `O(links)`.
    pub(crate) fn bound(&self) -> i128 {
        let mut bound = 0i128;
        for need in &self.needs {
            bound += i128::from(need.price) * i128::from(need.heads);
        }
        let bargains = self.pairs().map(|(need, link)| self.reduced(need, link).min(0));
        bound += bargains.map(i128::from).sum::<i128>();
        for person in &self.people {
            bound += climb(&self.steps, person.pinned) + least_for(person, &self.steps);
        }
        bound
    }
}

/// What the `k`-th need (from 0) of one person costs extra.
fn step(steps: &[Cost], k: u32) -> Cost {
    steps.get(k as usize).or(steps.last()).copied().unwrap_or(0)
}

/// What the first `count` needs of one person cost extra.
fn climb(steps: &[Cost], count: u32) -> i128 {
    let given = steps.iter().take(count as usize).map(|&step| i128::from(step)).sum::<i128>();
    given + i128::from(step(steps, count)) * i128::from(count.saturating_sub(steps.len() as u32))
}

/// The price of a person who holds nothing.
pub(crate) fn resting_price(person: &PersonNode, steps: &[Cost]) -> Cost {
    if person.room == 0 { OUT_OF_REACH } else { -step(steps, person.pinned) }
}

/// The least that a person's steps and price come to, over any number of needs they could hold.
fn least_for(person: &PersonNode, steps: &[Cost]) -> i128 {
    let (price, given) = (i128::from(person.price), steps.len() as u32);
    let mut least = 0i128;
    for k in 0..person.room {
        let step = i128::from(step(steps, person.pinned + k));
        if step + price >= 0 {
            break;
        }
        if person.pinned + k + 1 >= given {
            return least + (step + price) * i128::from(person.room - k);
        }
        least += step + price;
    }
    least
}
