//! Changing a network that is solved, so that little has to be placed or refilled again.
//!
//! Each change makes 1 of the network's invariants true by itself; [`Network::repair`] does the
//! rest.

use super::{Link, NeedNode, Network, OUT_OF_REACH, PersonNode, Seat, Use, resting_price};
use crate::problem::{Cost, NeedIx, PersonIx};

impl Network {
    /// One need more, with its links.
    pub(crate) fn add_need(&mut self, node: NeedNode, links: impl Iterator<Item = Link>) -> NeedIx {
        let need = self.needs.len() as NeedIx;
        self.cost += i128::from(node.open_cost) * i128::from(node.heads);
        self.needs.push(node);
        self.links.add_row();
        self.scratch.fit(self.needs.len(), self.people.len());
        for link in links {
            self.add_link(need, link);
        }
        self.settle_price(need);
        need
    }

    /// One person more; `links` are theirs, by need, of any person.
    pub(crate) fn add_person(
        &mut self,
        mut node: PersonNode,
        links: impl Iterator<Item = (NeedIx, Link)>,
    ) -> PersonIx {
        let person = self.people.len() as PersonIx;
        let links: Vec<(NeedIx, Link)> = links.collect();
        let offers = links.iter().map(|(need, link)| link.cost - self.needs[*need as usize].price);
        node.price = offers.fold(resting_price(&node, &self.steps), Cost::min);
        self.people.push(node);
        self.seats.add_row();
        if let Some(incoming) = &mut self.incoming {
            incoming.add_row();
        }
        self.scratch.fit(self.needs.len(), self.people.len());
        for (need, link) in links {
            self.add_link(need, Link { person, ..link });
        }
        person
    }

    /// A link more, not used; the need's price may have to be settled after.
    pub(crate) fn add_link(&mut self, need: NeedIx, link: Link) {
        if let Some(incoming) = &mut self.incoming {
            let at = self.links.len(need);
            incoming.push(link.person, Seat { need, at, bid: 0 });
        }
        self.links.push(need, link);
    }

    /// Another cost for a link; 1 may have to be restored for its need after.
    pub(crate) fn set_cost(&mut self, need: NeedIx, at: u32, cost: Cost) {
        let link = self.links.at_mut(need, at);
        if link.used == Use::Used {
            self.cost += i128::from(cost) - i128::from(link.cost);
        }
        link.cost = cost;
    }

    /// Takes a link away.
    pub(crate) fn drop_link(&mut self, need: NeedIx, at: u32) {
        if self.links.at(need, at).used == Use::Used {
            self.release(need, at);
        }
        self.links.at_mut(need, at).used = Use::Gone;
        self.gone += 1;
    }

    /// Gives up one head more, or takes one back; a pinned one, or one of a need that leaves.
    pub(crate) fn set_heads(&mut self, need: NeedIx, heads: u32) {
        let node = &mut self.needs[need as usize];
        let more = i128::from(heads) - i128::from(node.heads);
        node.heads = heads;
        self.cost += i128::from(node.open_cost) * more;
    }

    /// Room that was pinned is free.
    pub(crate) fn unpin_room(&mut self, person: PersonIx) {
        let held = self.seats.len(person);
        let node = &mut self.people[person as usize];
        node.room += 1;
        node.pinned -= 1;
        self.cost -= i128::from(super::step(&self.steps, node.pinned + held));
    }

    /// The need wants nobody any more. Its links must be gone.
    pub(crate) fn close_need(&mut self, need: NeedIx) {
        self.set_heads(need, 0);
        let node = &mut self.needs[need as usize];
        (node.open_cost, node.price) = (0, 0);
    }

    /// Nobody asks this person any more. Their links must be gone.
    pub(crate) fn close_person(&mut self, person: PersonIx) {
        let node = &mut self.people[person as usize];
        (node.room, node.price) = (0, OUT_OF_REACH);
    }

    /// From now on notes who comes and goes. What a change needs is made ready here, so that the
    /// first change does not wait for it.
    pub(crate) fn watch(&mut self) {
        self.moves = Some(Vec::new());
        self.incoming = Some(self.all_incoming());
    }

    /// Pairs that came or went since the last [`Network::take_moves`], each time.
    pub(crate) fn moved(&self) -> &[(NeedIx, PersonIx)] {
        self.moves.as_deref().unwrap_or_default()
    }

    /// What [`Network::moved`] says, and forgets it.
    pub(crate) fn take_moves(&mut self) -> Vec<(NeedIx, PersonIx)> {
        self.moves.replace(Vec::new()).unwrap_or_default()
    }

    /// Where the two have a link.
    pub(crate) fn find(&self, need: NeedIx, person: PersonIx) -> Option<u32> {
        let there = |link: &Link| link.person == person && link.used != Use::Gone;
        self.links.of(need).iter().position(there).map(|at| at as u32)
    }

    /// Whether the need has the person.
    pub(crate) fn together(&self, need: NeedIx, person: PersonIx) -> bool {
        self.seats.of(person).iter().any(|seat| seat.need == need)
    }

    /// The links of a person that are there.
    pub(crate) fn links_to(&mut self, person: PersonIx) -> Vec<(NeedIx, u32)> {
        let incoming = self.incoming.take().unwrap_or_else(|| self.all_incoming());
        let there = |seat: &&Seat| self.links.at(seat.need, seat.at).used != Use::Gone;
        let seats = incoming.of(person).iter().filter(there);
        let links = seats.map(|seat| (seat.need, seat.at)).collect();
        self.incoming = Some(incoming);
        links
    }

    /// To the optimum again, from these needs and everybody who lost or gained something.
    pub(crate) fn repair(&mut self, needs: &[NeedIx], people: &[PersonIx]) {
        for &need in needs {
            self.place(need, &mut |_| true);
        }
        for &person in people {
            self.refill(person, &mut |_| true);
        }
        self.sweep();
    }

    /// Forgets links that are gone once they take up much room. `O(1)` for each, over time.
    fn sweep(&mut self) {
        const FEW: u32 = 4096;
        if self.gone < FEW || self.gone as usize * 4 < self.links.room() {
            return;
        }
        self.gone = 0;
        self.incoming = None;
        self.links.retain(|link| link.used != Use::Gone);
        for person in 0..self.people.len() as PersonIx {
            for seat in self.seats.of_mut(person) {
                let mut links = self.links.of(seat.need).iter();
                let theirs = |link: &Link| link.person == person && link.used == Use::Used;
                seat.at = links.position(theirs).map_or(0, |at| at as u32);
            }
        }
    }
}
