//! What each event makes of the state. Never fails: what was accepted holds. An event about something
//! unknown changes nothing; none such is ever decided.

use dugnad_events::{
    AssignmentId, NeedId, OfferId,
    matching::{Ending, Event, Fact, Party, Withdrawal},
};
use dugnad_vault::PersonId;
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    Alarmed, State,
    asking::{Due, NOW},
    assignment::Assignment,
    need::{Need, Slot},
    offer::{Answer, Offer},
    people,
    rules::Role,
};

pub(super) fn evolve(state: &mut State, event: &Event) {
    match event {
        Event::KindSet { kind, policy } => {
            state.kinds.insert(kind.clone(), policy.clone());
        }
        Event::ConflictSet { one, other } => state.conflict(*one, *other, true),
        Event::ConflictLifted { one, other } => state.conflict(*one, *other, false),
        Event::Heard { fact } => state.hear(fact),
        Event::HelpersRefused { .. } => {}
        Event::NeedPosted { need, by, at, facts, text } => {
            let slots = vec![Slot::default(); facts.slots.len()];
            let posted = Need {
                facts: facts.clone(),
                by: *by,
                at: *at,
                text: text.clone(),
                slots,
                asking: false,
                ask_at: None,
                closed: None,
                over: false,
                offers: Default::default(),
                came: Vec::new(),
                silenced: Default::default(),
            };
            state.agenda.insert((posted.end(), Due::Over(*need)));
            state.live.insert(*need);
            state.by_start.insert((posted.first_start(), *need));
            state.needs.insert(*need, posted);
        }
        Event::NeedClosed { need, why } => {
            if let Some(known) = state.needs.get_mut(need) {
                known.closed = Some(why.clone());
            }
            state.ended(*need);
        }
        Event::NeedOver { need, .. } => {
            if let Some(known) = state.needs.get_mut(need) {
                known.over = true;
            }
            state.ended(*need);
        }
        Event::AskingStarted { need } => state.asking(*need, true),
        Event::AskingStopped { need } => state.asking(*need, false),
        Event::Asked { need, again } => state.ask_at(*need, *again),
        Event::Offered { .. } => state.offered(event),
        Event::Declined { offer, reason } => {
            state.answered(*offer, Answer::Declined(reason.clone()));
        }
        Event::Expired { offer } => state.answered(*offer, Answer::Expired),
        Event::OffersWithdrawn { offers, why } => {
            offers.iter().for_each(|id| state.answered(*id, Answer::Withdrawn(why.clone())));
        }
        Event::Waiting { offer, person } => state.waits(*offer, *person),
        Event::WaitingEnded { offer } => state.waits_no_more(*offer),
        Event::Assigned { .. } => state.assigned(event),
        Event::Unassigned { assignments, why } => {
            assignments.iter().for_each(|id| state.unassigned(*id, why));
        }
        Event::Alarmed { needs, why, at, day } => {
            let (needs, why) = (needs.clone(), why.clone());
            state.alarms.push(Alarmed { needs, why, at: *at, day: *day });
        }
        // It changes nothing: whoever answered is told.
        Event::AnswerRefused { .. } => {}
        Event::PlanDrafted { .. }
        | Event::PlanPartsAdded { .. }
        | Event::PlanReady { .. }
        | Event::PlanPartChanged { .. }
        | Event::PlanPartPinned { .. }
        | Event::PlanPartPublished { .. }
        | Event::PlanPublished { .. }
        | Event::PlanDiscarded { .. } => state.plans.evolve(event),
    }
}

impl State {
    fn conflict(&mut self, one: PersonId, other: PersonId, apart: bool) {
        for (one, other) in [(one, other), (other, one)] {
            let with = self.conflicts.entry(one).or_default();
            if apart {
                with.insert(other);
            } else {
                with.remove(&other);
            }
        }
    }

    fn hear(&mut self, fact: &Fact) {
        match fact {
            Fact::Areas(areas) => {
                self.areas.set(areas);
                let everyone: Vec<_> = self.people.iter().map(|(person, _)| person).collect();
                everyone.into_iter().for_each(|person| self.refresh(person));
            }
            Fact::Role { role, version, requirements } => {
                let asks = Role { version: *version, requirements: requirements.clone() };
                self.roles.insert(role.clone(), asks);
            }
            Fact::Representative { person, representative, representation } => {
                let pair = (*person, *representative);
                match representation {
                    Some(it) => self.representatives.insert(pair, it.clone()),
                    None => self.representatives.remove(&pair),
                };
            }
            Fact::Contacts { organisation, people } => {
                self.organisations.entry(*organisation).or_default().contacts.clone_from(people);
            }
            Fact::Team { team, facts } => {
                match facts {
                    Some(facts) => self.teams.insert(*team, facts.clone()),
                    None => self.teams.remove(team),
                };
            }
            Fact::Agreement { agreement, terms } => {
                self.agreements.insert(*agreement, terms.clone());
            }
            Fact::AgreementEnded { agreement, on } => {
                if let Some(terms) = self.agreements.get_mut(agreement) {
                    terms.until = terms.until.min(*on);
                }
            }
            Fact::Erased(person) => self.erase(*person),
            about => {
                if let Some(person) = people::subject(about)
                    && let Some(known) = self.people.known(person)
                {
                    known.hear(about);
                    self.refresh(person);
                }
            }
        }
    }

    /// Brings the index in step with the person.
    fn refresh(&mut self, person: PersonId) {
        self.pool.refresh(&self.people, &self.areas, person);
    }

    fn erase(&mut self, person: PersonId) {
        self.people.erase(person);
        self.plans.forget(person);
        self.refresh(person);
        for other in self.conflicts.remove(&person).into_iter().flatten() {
            self.conflict(other, person, false);
        }
        self.conflicts.remove(&person);
        self.representatives.retain(|(one, other), _| *one != person && *other != person);
        self.helped.remove(&person);
        self.helped.values_mut().for_each(|helpers| {
            helpers.remove(&person);
        });
        for organisation in self.organisations.values_mut() {
            organisation.contacts.retain(|contact| *contact != person);
        }
        for team in self.teams.values_mut() {
            team.members.retain(|member| *member != person);
        }
        for assignment in self.assignments.values_mut() {
            assignment.person = assignment.person.filter(|it| *it != person);
            if assignment.by == person.0 {
                assignment.by = Uuid::nil();
            }
        }
        for need in self.needs.values_mut() {
            need.forget(person);
        }
    }

    /// Nothing of a need is to come any more.
    fn ended(&mut self, id: NeedId) {
        let Some(need) = self.needs.get_mut(&id) else { return };
        self.live.remove(&id);
        let end = (need.end(), Due::Over(id));
        let taken: Vec<_> = need
            .slots
            .iter()
            .flat_map(|slot| slot.taken.iter().map(|(id, person)| (*id, *person)))
            .collect();
        need.slots.iter_mut().for_each(|slot| slot.waiting.clear());
        self.agenda.remove(&end);
        self.ask_at(id, None);
        for (assignment, person) in taken {
            if let Some(known) = self.people.known(person) {
                known.assignments.remove(&assignment);
            }
            self.refresh(person);
        }
    }

    fn asking(&mut self, id: NeedId, asking: bool) {
        let Some(need) = self.needs.get_mut(&id) else { return };
        need.asking = asking;
        self.ask_at(id, asking.then_some(NOW));
    }

    /// When the need is looked at next.
    fn ask_at(&mut self, id: NeedId, at: Option<Timestamp>) {
        let Some(need) = self.needs.get_mut(&id) else { return };
        let at = at.filter(|_| need.is_live());
        if let Some(before) = std::mem::replace(&mut need.ask_at, at) {
            self.agenda.remove(&(before, Due::Ask(id)));
        }
        if let Some(at) = at {
            self.agenda.insert((at, Due::Ask(id)));
        }
    }

    /// Something changed by which somebody may be asked.
    fn look_again(&mut self, id: NeedId) {
        let wants = self.needs.get(&id).is_some_and(|need| {
            need.asking || need.slots.iter().any(|slot| !slot.waiting.is_empty())
        });
        if wants {
            self.ask_at(id, Some(NOW));
        }
    }

    fn offered(&mut self, event: &Event) {
        let Event::Offered { offer, need: id, slot, to, waited, at, expires } = event else {
            return;
        };
        let Some(need) = self.needs.get_mut(id) else { return };
        need.offers.insert(*offer);
        let Some(of) = need.slots.get_mut(*slot as usize) else { return };
        of.open.insert(*offer);
        if *waited {
            of.waiting.retain(|(_, person)| Party::Person(*person) != *to);
        }
        self.agenda.insert((*expires, Due::Expire(*offer)));
        let made = Offer {
            need: *id,
            slot: *slot,
            to: *to,
            waited: *waited,
            at: *at,
            expires: *expires,
            state: Answer::Open,
        };
        self.offers.insert(*offer, made);
        match *to {
            Party::Person(person) => {
                if let Some(known) = self.people.known(person) {
                    known.offers.insert(*offer);
                    known.asked.push(*offer);
                    known.last_asked = Some(*at);
                }
                self.refresh(person);
            }
            Party::Organisation(organisation) => {
                let known = self.organisations.entry(organisation).or_default();
                known.last_asked = Some(*at);
                known.asked.push(*offer);
            }
        }
    }

    /// An offer is not open any more. Whoever said no in one way or another is not asked again.
    fn answered(&mut self, id: OfferId, answer: Answer) {
        let Some(offer) = self.offers.get_mut(&id) else { return };
        let (need_id, slot, to) = (offer.need, offer.slot as usize, offer.to);
        self.agenda.remove(&(offer.expires, Due::Expire(id)));
        let silenced = match &answer {
            Answer::Declined(_) | Answer::Expired => true,
            Answer::Withdrawn(why) => matches!(why, Withdrawal::Rule(_) | Withdrawal::Retracted),
            _ => false,
        };
        offer.state = answer;
        if let Some(need) = self.needs.get_mut(&need_id) {
            if let Some(slot) = need.slots.get_mut(slot) {
                slot.open.remove(&id);
            }
            if let Party::Person(person) = to
                && silenced
            {
                need.silenced.insert(person);
            }
        }
        if let Party::Person(person) = to
            && let Some(known) = self.people.known(person)
        {
            known.offers.remove(&id);
        }
        self.look_again(need_id);
    }

    fn waits(&mut self, id: OfferId, person: PersonId) {
        self.answered(id, Answer::Waiting(person));
        let Some(offer) = self.offers.get(&id) else { return };
        let (need_id, slot) = (offer.need, offer.slot as usize);
        if let Some(need) = self.needs.get_mut(&need_id)
            && let Some(slot) = need.slots.get_mut(slot)
            && slot.waiting.iter().all(|(_, waits)| *waits != person)
        {
            slot.waiting.push((id, person));
        }
        self.look_again(need_id);
    }

    fn waits_no_more(&mut self, id: OfferId) {
        let Some(offer) = self.offers.get_mut(&id) else { return };
        let (need_id, slot) = (offer.need, offer.slot as usize);
        offer.state = Answer::Expired;
        if let Some(need) = self.needs.get_mut(&need_id)
            && let Some(slot) = need.slots.get_mut(slot)
        {
            slot.waiting.retain(|(offer, _)| *offer != id);
        }
    }

    fn assigned(&mut self, event: &Event) {
        let Event::Assigned { assignment, need: id, slot, person, by, at, offer, plan } = event
        else {
            return;
        };
        if let Some(offer) = offer {
            self.answered(*offer, Answer::Accepted);
        }
        let Some(need) = self.needs.get_mut(id) else { return };
        let Some(of) = need.slots.get_mut(*slot as usize) else { return };
        of.taken.insert(*assignment, *person);
        of.waiting.retain(|(_, waits)| waits != person);
        need.came.push(*assignment);
        let place = self.areas.of(need.facts.place.as_ref());
        if let Some(known) = self.people.known(*person) {
            known.take(*assignment, &need.facts.slots[*slot as usize].windows, place);
        }
        if let Some(receiver) = need.facts.receiver {
            *self.helped.entry(receiver).or_default().entry(*person).or_default() += 1;
        }
        let made = Assignment {
            need: *id,
            slot: *slot,
            person: Some(*person),
            by: *by,
            at: *at,
            offer: *offer,
            plan: *plan,
            ended: None,
        };
        self.assignments.insert(*assignment, made);
        self.refresh(*person);
    }

    fn unassigned(&mut self, id: AssignmentId, why: &Ending) {
        let standing = |assignment: &&mut Assignment| assignment.ended.is_none();
        let Some(assignment) = self.assignments.get_mut(&id).filter(standing) else { return };
        assignment.ended = Some(why.clone());
        let (need_id, slot, person) = (assignment.need, assignment.slot, assignment.person);
        let Some(need) = self.needs.get_mut(&need_id) else { return };
        if let Some(slot) = need.slots.get_mut(slot as usize) {
            slot.taken.remove(&id);
        }
        let receiver = need.facts.receiver;
        if let Some(person) = person {
            if *why != Ending::Closed {
                need.silenced.insert(person);
                need.asking = true;
            }
            if let Some(known) = self.people.known(person) {
                known.give_back(id);
            }
            if let Some(helpers) = receiver.and_then(|it| self.helped.get_mut(&it))
                && let Some(times) = helpers.get_mut(&person)
            {
                *times -= 1;
                if *times == 0 {
                    helpers.remove(&person);
                }
            }
            self.refresh(person);
        }
        self.look_again(need_id);
    }
}
