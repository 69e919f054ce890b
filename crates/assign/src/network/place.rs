//! Finds a place for one head of a need: Dijkstra over reduced costs, then the prices and the path.
//!
//! A path leads from the need by an unused link to a person; from a person back by a used link to
//! the need that would have to give them up, and on. It ends with a person who has room, or with a
//! need that would best leave a head open. The search stops there, and only what it has passed
//! changes price, so that a search far from contention looks at one list of links.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::{Network, Use};
use crate::problem::{Cost, NeedIx, PersonIx};

const FAR: Cost = Cost::MAX;

/// Working memory of one search after another; all distances are `FAR` in between.
#[derive(Clone, Debug)]
pub(super) struct Scratch {
    pub(super) needs: Vec<NeedLabel>,
    pub(super) people: Vec<PersonLabel>,
    pub(super) seen_needs: Vec<NeedIx>,
    pub(super) seen_people: Vec<PersonIx>,
    pub(super) queue: Queue,
}

/// How far a need is, and over which person of its list (forward: whom it would give up; backward:
/// whom it would take).
#[derive(Clone, Copy, Debug)]
pub(super) struct NeedLabel {
    pub(super) far: Cost,
    pub(super) at: u32,
}

/// How far a person is, and over which need's link.
#[derive(Clone, Copy, Debug)]
pub(super) struct PersonLabel {
    pub(super) far: Cost,
    pub(super) need: NeedIx,
    pub(super) at: u32,
}

/// A need or a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Node {
    Need(NeedIx),
    Person(PersonIx),
}

/// By distance; what is as near as what is being looked at waits aside, last in first out.
#[derive(Clone, Debug, Default)]
pub(super) struct Queue {
    heap: BinaryHeap<Reverse<(Cost, Node)>>,
    near: Vec<Node>,
    now: Cost,
}

impl Queue {
    pub(super) fn push(&mut self, far: Cost, node: Node) {
        if far == self.now {
            self.near.push(node);
        } else {
            self.heap.push(Reverse((far, node)));
        }
    }

    /// The nearest node nearer than `limit`.
    pub(super) fn pop(&mut self, limit: Cost) -> Option<(Cost, Node)> {
        if self.now >= limit {
            return None;
        }
        if let Some(node) = self.near.pop() {
            return Some((self.now, node));
        }
        let Reverse((far, node)) = self.heap.pop()?;
        self.now = far;
        (far < limit).then_some((far, node))
    }

    fn clear(&mut self) {
        self.heap.clear();
        self.near.clear();
        self.now = 0;
    }
}

impl Scratch {
    pub(super) fn new(needs: usize, people: usize) -> Self {
        let mut scratch = Self {
            needs: Vec::new(),
            people: Vec::new(),
            seen_needs: Vec::new(),
            seen_people: Vec::new(),
            queue: Queue::default(),
        };
        scratch.fit(needs, people);
        scratch
    }

    /// Room for as many needs and people.
    pub(super) fn fit(&mut self, needs: usize, people: usize) {
        self.needs.resize(needs, NeedLabel { far: FAR, at: 0 });
        self.people.resize(people, PersonLabel { far: FAR, need: 0, at: 0 });
    }

    /// Notes a shorter way to a need; whether it is one.
    pub(super) fn reach_need(&mut self, need: NeedIx, far: Cost, at: u32) -> bool {
        let label = &mut self.needs[need as usize];
        if far >= label.far {
            return false;
        }
        if label.far == FAR {
            self.seen_needs.push(need);
        }
        *label = NeedLabel { far, at };
        true
    }

    /// Notes a shorter way to a person; whether it is one.
    pub(super) fn reach_person(&mut self, person: PersonIx, label: PersonLabel) -> bool {
        let before = &mut self.people[person as usize];
        if label.far >= before.far {
            return false;
        }
        if before.far == FAR {
            self.seen_people.push(person);
        }
        *before = label;
        true
    }

    /// As new.
    pub(super) fn clear(&mut self) {
        for need in self.seen_needs.drain(..) {
            self.needs[need as usize].far = FAR;
        }
        for person in self.seen_people.drain(..) {
            self.people[person as usize].far = FAR;
        }
        self.queue.clear();
    }
}

/// Where a search ended.
struct End {
    far: Cost,
    node: Node,
}

impl Network {
    /// Places every waiting head of a need, or proves that it is best left open; `false`, with
    /// the rest left waiting, when `go_on` says so, or when it must not be left open and would be.
    pub(crate) fn place(&mut self, need: NeedIx, go_on: &mut dyn FnMut(u64) -> bool) -> bool {
        while self.needs[need as usize].waits() {
            let end = self.search(need, go_on);
            let end = end.filter(|end| !self.must_fill || matches!(end.node, Node::Person(_)));
            let Some(end) = end else {
                self.scratch.clear();
                return false;
            };
            self.reprice(end.far);
            self.augment(need, end.node);
            self.scratch.clear();
        }
        true
    }

    fn search(&mut self, source: NeedIx, go_on: &mut dyn FnMut(u64) -> bool) -> Option<End> {
        let mut end = End { far: FAR, node: Node::Need(source) };
        self.scratch.reach_need(source, 0, 0);
        self.pass_need(source, 0, &mut end);
        let mut ask = self.work + ASK_EVERY;
        while let Some((far, node)) = self.scratch.queue.pop(end.far) {
            match node {
                Node::Person(person) => {
                    if far == self.scratch.people[person as usize].far {
                        self.pass_person(person, far, &mut end);
                    }
                }
                Node::Need(need) => {
                    if far == self.scratch.needs[need as usize].far {
                        self.pass_need(need, far, &mut end);
                    }
                }
            }
            if self.work >= ask {
                if !go_on(self.work) {
                    return None;
                }
                ask = self.work + ASK_EVERY;
            }
        }
        Some(end)
    }

    /// Looks at all links of a need this far away, and at leaving a head of it open.
    fn pass_need(&mut self, need: NeedIx, far: Cost, end: &mut End) {
        let node = &self.needs[need as usize];
        let open = far + (node.open_cost - node.price);
        if open < end.far {
            *end = End { far: open, node: Node::Need(need) };
        }
        let base = far - node.price;
        let links = self.links.of(need);
        self.work += links.len() as u64;
        for (at, link) in links.iter().enumerate() {
            if link.used != Use::Unused {
                continue;
            }
            let person = link.person;
            let there = base + link.cost - self.people[person as usize].price;
            if there >= end.far {
                continue;
            }
            let label = PersonLabel { far: there, need, at: at as u32 };
            if !self.scratch.reach_person(person, label) {
                continue;
            }
            let (held, room) = (self.seats.len(person), self.people[person as usize].room);
            if held < room {
                let room = there + self.next_step(person).max(0);
                if room < end.far {
                    *end = End { far: room, node: Node::Person(person) };
                }
                if end.far == far {
                    return;
                }
            }
            if held > 0 && there < end.far {
                self.scratch.queue.push(there, Node::Person(person));
            }
        }
    }

    /// Looks at the needs that hold a person this far away.
    fn pass_person(&mut self, person: PersonIx, far: Cost, end: &mut End) {
        for s in 0..self.seats.len(person) {
            let seat = *self.seats.at(person, s);
            let link = self.links.at(seat.need, seat.at);
            let there = far - self.reduced(seat.need, link);
            self.work += 1;
            if there >= end.far || !self.scratch.reach_need(seat.need, there, seat.at) {
                continue;
            }
            if there == far {
                self.pass_need(seat.need, far, end);
            } else {
                self.scratch.queue.push(there, Node::Need(seat.need));
            }
            if end.far == far {
                return;
            }
        }
    }

    /// What the search has passed moves its price by as much as it was nearer than the end.
    fn reprice(&mut self, end: Cost) {
        for &need in &self.scratch.seen_needs {
            let nearer = end - self.scratch.needs[need as usize].far;
            self.needs[need as usize].price += nearer.max(0);
        }
        for &person in &self.scratch.seen_people {
            let nearer = end - self.scratch.people[person as usize].far;
            self.people[person as usize].price -= nearer.max(0);
        }
    }

    /// Follows the path back from its end: each need takes the person that the next one gives up.
    fn augment(&mut self, source: NeedIx, end: Node) {
        let mut giving = match end {
            Node::Need(need) => need,
            Node::Person(person) => self.take_labelled(person),
        };
        while giving != source {
            let at = self.scratch.needs[giving as usize].at;
            let person = self.links.at(giving, at).person;
            self.release(giving, at);
            giving = self.take_labelled(person);
        }
    }

    /// The need over which a person was reached takes them.
    fn take_labelled(&mut self, person: PersonIx) -> NeedIx {
        let PersonLabel { need, at, .. } = self.scratch.people[person as usize];
        self.take(need, at);
        need
    }
}

/// Links between two questions to the budget: well under a millisecond.
pub(super) const ASK_EVERY: u64 = 1 << 15;
