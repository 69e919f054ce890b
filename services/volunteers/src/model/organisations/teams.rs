//! Teams: several who are asked as one.

use std::{
    collections::BTreeSet,
    ops::Bound::{Excluded, Unbounded},
};

use dugnad_events::{
    OrganisationId, TeamId,
    volunteers::{Event, Team},
};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;

use super::{Authority, Organisations, Viewer, members::allowed};
use crate::model::{Page, Refusal, State};

/// The most teams of one municipality.
pub const MOST_TEAMS: usize = 5_000;

/// The most members of one team.
pub const MOST_OF_A_TEAM: usize = 50;

/// The most teams that one person is in.
const MOST_OF_A_PERSON: usize = 50;

/// A team as it stands: as it was made, less whom an erasure took.
#[derive(Debug, PartialEq)]
pub(super) struct Standing {
    name: String,
    organisation: Option<OrganisationId>,
    leader: Option<PersonId>,
    members: Vec<PersonId>,
    size: u32,
}

/// A team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamView {
    /// Its id.
    pub id: TeamId,
    /// What people call it.
    pub name: String,
    /// The organisation it belongs to.
    pub organisation: Option<OrganisationId>,
    /// Who answers for it; `None`: they were erased.
    pub leader: Option<PersonId>,
    /// Everyone, the leader among them.
    pub members: Vec<PersonId>,
    /// How many come at a time.
    pub size: u32,
    /// It cannot come as it should: the leader is missing, or too many are.
    pub short: bool,
}

pub(super) fn set(
    state: &State,
    cx: &Context,
    by: Authority,
    id: Option<TeamId>,
    facts: Team,
) -> Result<Vec<Event>, Refusal> {
    let teams = &state.organisations.teams;
    let was = match id {
        Some(id) => Some(existing(&state.organisations, id)?),
        None => None,
    };
    may_change(state, cx, by, facts.organisation, id)?;
    if was.is_some_and(|was| was.organisation != facts.organisation) {
        return Err(invalid("team.organisation", "must stay as it was made"));
    }
    if was.is_some_and(|was| was.same(&facts)) {
        return Ok(Vec::new());
    }
    in_order(&facts)?;
    for member in &facts.members {
        state.people.knows(*member)?;
        let joins = was.is_none_or(|was| !was.members.contains(member));
        if joins && state.organisations.teams_of(*member) >= MOST_OF_A_PERSON {
            return Err(Refusal::TooMany { what: "teams of one person", most: MOST_OF_A_PERSON });
        }
    }
    if was.is_none() && teams.len() >= MOST_TEAMS {
        return Err(Refusal::TooMany { what: "teams", most: MOST_TEAMS });
    }
    let team = id.unwrap_or_else(|| TeamId(cx.id(0)));
    Ok(vec![Event::TeamSet { team, facts: Some(facts) }])
}

pub(super) fn end(
    state: &State,
    cx: &Context,
    by: Authority,
    team: TeamId,
) -> Result<Vec<Event>, Refusal> {
    let was = existing(&state.organisations, team)?;
    may_change(state, cx, by, was.organisation, Some(team))?;
    Ok(vec![Event::TeamSet { team, facts: None }])
}

fn existing(organisations: &Organisations, id: TeamId) -> Result<&Standing, Refusal> {
    organisations.teams.get(&id).ok_or_else(|| Refusal::NotFound(id.to_string()))
}

/// A team outside an organisation is the coordinators'.
fn may_change(
    state: &State,
    cx: &Context,
    by: Authority,
    organisation: Option<OrganisationId>,
    team: Option<TeamId>,
) -> Result<(), Refusal> {
    match (organisation, by) {
        (Some(id), _) => allowed(state.organisations.existing(id)?, cx, by, id),
        (None, Authority::Coordinator) => Ok(()),
        (None, Authority::Contact) => {
            let what = team.map_or_else(|| "teams of their own".to_owned(), |id| id.to_string());
            Err(Refusal::NotTheContact(what))
        }
    }
}

fn in_order(facts: &Team) -> Result<(), Refusal> {
    let members = facts.members.iter().collect::<BTreeSet<_>>();
    if members.len() < facts.members.len() {
        return Err(invalid("team.members", "must name each person once"));
    }
    if !members.contains(&facts.leader) {
        return Err(invalid("team.leader", "must be one of the members"));
    }
    if facts.size == 0 || facts.size as usize > members.len() {
        let problem = format!("must be from 1 to the number of members, {}", members.len());
        return Err(invalid("team.size", &problem));
    }
    Ok(())
}

fn invalid(field: &str, problem: &str) -> Refusal {
    Refusal::Invalid { field: field.to_owned(), problem: problem.to_owned() }
}

impl Standing {
    fn same(&self, facts: &Team) -> bool {
        self.name == facts.name
            && self.organisation == facts.organisation
            && self.leader == Some(facts.leader)
            && self.members == facts.members
            && self.size == facts.size
    }

    pub(super) fn drop_person(&mut self, person: PersonId) {
        self.leader = self.leader.filter(|leader| *leader != person);
        self.members.retain(|member| *member != person);
    }

    fn view(&self, id: TeamId) -> TeamView {
        TeamView {
            id,
            name: self.name.clone(),
            organisation: self.organisation,
            leader: self.leader,
            members: self.members.clone(),
            size: self.size,
            short: self.leader.is_none() || self.members.len() < self.size as usize,
        }
    }
}

/// A team as it is when it has just been made.
impl From<(TeamId, &Team)> for TeamView {
    fn from((id, team): (TeamId, &Team)) -> Self {
        standing(team).view(id)
    }
}

fn standing(team: &Team) -> Standing {
    Standing {
        name: team.name.clone(),
        organisation: team.organisation,
        leader: Some(team.leader),
        members: team.members.clone(),
        size: team.size,
    }
}

impl Organisations {
    /// One team.
    pub fn team(&self, id: TeamId) -> Option<TeamView> {
        self.teams.get(&id).map(|team| team.view(id))
    }

    /// Whether somebody may see who is in a team.
    pub fn shows_team(&self, team: &TeamView, viewer: Viewer) -> bool {
        let own = |id| self.shows_inside(id, viewer);
        match viewer {
            Viewer::All => true,
            Viewer::Person(person) => {
                team.members.contains(&person) || team.organisation.is_some_and(own)
            }
        }
    }

    /// Teams that somebody may see, of one organisation or of all, by id, after the one given.
    /// `O(teams)`.
    pub fn teams(
        &self,
        of: Option<OrganisationId>,
        viewer: Viewer,
        after: Option<TeamId>,
        size: usize,
    ) -> Page<TeamView, TeamId> {
        let rest = self.teams.range((after.map_or(Unbounded, Excluded), Unbounded));
        let shown = rest
            .filter(|(_, team)| of.is_none_or(|of| team.organisation == Some(of)))
            .map(|(id, team)| team.view(*id))
            .filter(|team| self.shows_team(team, viewer));
        Page::of(shown, size, |team| team.id)
    }

    fn teams_of(&self, person: PersonId) -> usize {
        self.places.get(&person).map_or(0, |places| places.teams.len())
    }

    pub(super) fn team_is(&mut self, id: TeamId, facts: Option<&Team>) {
        let was = match facts {
            Some(facts) => self.teams.insert(id, standing(facts)),
            None => self.teams.remove(&id),
        };
        for person in was.iter().flat_map(|was| &was.members) {
            if let Some(places) = self.places.get_mut(person) {
                places.teams.remove(&id);
            }
        }
        for person in facts.into_iter().flat_map(|facts| &facts.members) {
            self.places.entry(*person).or_default().teams.insert(id);
        }
        for person in was.iter().flat_map(|was| &was.members) {
            self.tidy(*person);
        }
        let of = facts.and_then(|facts| facts.organisation);
        let of = of.or_else(|| was.and_then(|was| was.organisation));
        if let Some(organisation) = of.and_then(|of| self.all.get_mut(&of)) {
            if facts.is_some() {
                organisation.teams.insert(id);
            } else {
                organisation.teams.remove(&id);
            }
        }
    }
}
