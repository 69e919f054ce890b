//! Gives a person who has room at a price above what the room costs somebody to hold, or lowers
//! the price: the mirror image of placing.
//!
//! A path leads from the person by an unused link back to a need that would come to them, from
//! there by a used link to the person it would leave, and on. It ends with a need that has an open
//! head, with a person who would rather hold one less, or with nobody: then the price falls.

use super::{
    Network, Seat, Use,
    place::{ASK_EVERY, Node, PersonLabel},
};
use crate::{
    problem::{Cost, NeedIx, PersonIx},
    rows::Rows,
};

impl Network {
    /// Fills a person's room as long as they beckon; `false` when `go_on` stopped it.
    pub(crate) fn refill(&mut self, person: PersonIx, go_on: &mut dyn FnMut(u64) -> bool) -> bool {
        while self.beckons(person) {
            let mut end = (-self.next_step(person), None);
            let done = self.search_back(person, &mut end, go_on);
            if done {
                self.reprice_back(end.0);
                if let Some(node) = end.1 {
                    self.augment_back(person, node);
                }
            }
            self.scratch.clear();
            if !done {
                return false;
            }
        }
        true
    }

    /// Everybody whom something else has left beckoning.
    pub(crate) fn refill_all(&mut self, go_on: &mut dyn FnMut(u64) -> bool) -> bool {
        (0..self.people.len() as PersonIx).all(|person| self.refill(person, go_on))
    }

    fn search_back(
        &mut self,
        target: PersonIx,
        end: &mut (Cost, Option<Node>),
        go_on: &mut dyn FnMut(u64) -> bool,
    ) -> bool {
        let incoming = self.incoming.take().unwrap_or_else(|| self.all_incoming());
        self.scratch.reach_person(target, PersonLabel { far: 0, need: 0, at: 0 });
        self.scratch.queue.push(0, Node::Person(target));
        let mut ask = self.work + ASK_EVERY;
        let mut done = true;
        while let Some((far, node)) = self.scratch.queue.pop(end.0) {
            match node {
                Node::Person(person) if far == self.scratch.people[person as usize].far => {
                    self.pass_person_back(person, far, incoming.of(person), end);
                }
                Node::Need(need) if far == self.scratch.needs[need as usize].far => {
                    self.pass_need_back(need, far, end);
                }
                _ => {}
            }
            if self.work >= ask {
                done = go_on(self.work);
                if !done {
                    break;
                }
                ask = self.work + ASK_EVERY;
            }
        }
        self.incoming = Some(incoming);
        done
    }

    /// Looks at the needs that could come to a person.
    fn pass_person_back(
        &mut self,
        person: PersonIx,
        far: Cost,
        incoming: &[Seat],
        end: &mut (Cost, Option<Node>),
    ) {
        self.work += incoming.len() as u64;
        for seat in incoming {
            let link = *self.links.at(seat.need, seat.at);
            if link.used != Use::Unused || link.person != person {
                continue;
            }
            let there = far + self.reduced(seat.need, &link);
            if there >= end.0 || !self.scratch.reach_need(seat.need, there, seat.at) {
                continue;
            }
            let need = &self.needs[seat.need as usize];
            if need.placed < need.heads {
                *end = (there, Some(Node::Need(seat.need)));
            } else {
                self.scratch.queue.push(there, Node::Need(seat.need));
            }
        }
    }

    /// Looks at the people whom a need could leave.
    fn pass_need_back(&mut self, need: NeedIx, far: Cost, end: &mut (Cost, Option<Node>)) {
        for at in 0..self.links.len(need) {
            let link = *self.links.at(need, at);
            self.work += 1;
            if link.used != Use::Used {
                continue;
            }
            let there = far - self.reduced(need, &link);
            let label = PersonLabel { far: there, need, at };
            if there >= end.0 || !self.scratch.reach_person(link.person, label) {
                continue;
            }
            let leave = there + self.last_step(link.person).max(0);
            if leave < end.0 {
                *end = (leave, Some(Node::Person(link.person)));
            }
            if there < end.0 {
                self.scratch.queue.push(there, Node::Person(link.person));
            }
        }
    }

    fn reprice_back(&mut self, end: Cost) {
        for &need in &self.scratch.seen_needs {
            let nearer = end - self.scratch.needs[need as usize].far;
            self.needs[need as usize].price -= nearer.max(0);
        }
        for &person in &self.scratch.seen_people {
            let nearer = end - self.scratch.people[person as usize].far;
            self.people[person as usize].price += nearer.max(0);
        }
    }

    /// Follows the path from its end: each need leaves the person before it for the one after.
    fn augment_back(&mut self, target: PersonIx, end: Node) {
        let mut coming = match end {
            Node::Need(need) => need,
            Node::Person(person) => self.release_labelled(person),
        };
        loop {
            let at = self.scratch.needs[coming as usize].at;
            let person = self.links.at(coming, at).person;
            self.take(coming, at);
            if person == target {
                return;
            }
            coming = self.release_labelled(person);
        }
    }

    fn release_labelled(&mut self, person: PersonIx) -> NeedIx {
        let PersonLabel { need, at, .. } = self.scratch.people[person as usize];
        self.release(need, at);
        need
    }

    /// All links by person. `O(links)`.
    pub(super) fn all_incoming(&self) -> Rows<Seat> {
        let mut starts = vec![0u32; self.people.len() + 1];
        let needs = 0..self.needs.len() as NeedIx;
        for link in needs.clone().flat_map(|need| self.links.of(need)) {
            starts[link.person as usize + 1] += 1;
        }
        for p in 0..self.people.len() {
            starts[p + 1] += starts[p];
        }
        let mut next = starts.clone();
        let mut seats = vec![Seat { need: 0, at: 0, bid: 0 }; starts[self.people.len()] as usize];
        for need in needs {
            for (at, link) in self.links.of(need).iter().enumerate() {
                let place = &mut next[link.person as usize];
                seats[*place as usize] = Seat { need, at: at as u32, bid: 0 };
                *place += 1;
            }
        }
        Rows::from_parts(seats, &starts)
    }
}
