//! A problem as one round of people sees it.

use super::{Edge, NeedIx, PersonIx, Problem, validate::starts};

impl Problem {
    /// The rounds that people are of, ascending.
    pub(crate) fn rounds(&self) -> Vec<u32> {
        let mut rounds: Vec<u32> = self.people.iter().map(|person| person.round).collect();
        rounds.sort_unstable();
        rounds.dedup();
        rounds
    }

    /// The same problem when only people of `round` are looked at: all others have what they have
    /// in `kept`, ordered and possible, and take nothing more. Needs and people keep their numbers.
    pub(crate) fn of_round(&self, round: u32, kept: &[(NeedIx, PersonIx)]) -> Self {
        let mut people = self.people.clone();
        for person in people.iter_mut().filter(|person| person.round != round) {
            person.pinned.clear();
        }
        for &(need, p) in kept {
            let person = &mut people[p as usize];
            if person.round != round {
                person.pinned.push(need);
            }
        }
        for person in &mut people {
            if person.round != round {
                person.capacity = person.pinned.len() as u32;
            }
            person.round = 0;
        }
        let looks = |edge: &&Edge| {
            self.people[edge.person as usize].round == round
                || kept.binary_search(&(edge.need, edge.person)).is_ok()
        };
        let edges: Vec<Edge> = self.edges.iter().filter(looks).copied().collect();
        Self {
            starts: starts(&edges, self.needs.len(), |edge| edge.need),
            needs: self.needs.clone(),
            people,
            edges,
            travel: self.travel.clone(),
            fairness: self.fairness.clone(),
        }
    }

    /// All pinned pairs, by need, then person.
    pub(crate) fn pinned(&self) -> Vec<(NeedIx, PersonIx)> {
        let of = |(p, person): (PersonIx, &super::Person)| {
            person.pinned.iter().map(move |&need| (need, p)).collect::<Vec<_>>()
        };
        let mut pinned: Vec<_> = (0..).zip(&self.people).flat_map(of).collect();
        pinned.sort_unstable();
        pinned
    }
}
