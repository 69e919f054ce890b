//! Teams at the door.

use dugnad_door::{Call, field, page};
use dugnad_events::{TeamId, volunteers::Event};
use dugnad_proto::volunteers::v1 as pb;
use tonic::Status;

use super::{Asking, authority, not_found, not_shown, read, show, viewer};
use crate::model::{
    State,
    organisations::{Command, TeamView},
};

impl Asking {
    pub(super) async fn set_team(
        &self,
        call: &Call,
        request: &pb::SetTeamRequest,
    ) -> Result<pb::Team, Status> {
        let id = field::request_id(&request.request_id)?;
        let (team, facts) = read::team(request.team.as_ref())?;
        let now = team.map(|team| TeamView::from((team, &facts)));
        let command = Command::SetTeam { by: authority(call), team, facts };
        let events = self.execute(call, id, command).await?;
        let set = match &*events {
            [Event::TeamSet { team, facts: Some(facts) }] => Some((*team, facts).into()),
            // Nothing changed: it is as the request holds it.
            _ => now,
        };
        set.as_ref().map(show::team).ok_or_else(super::no_such_event)
    }

    pub(super) async fn end_team(
        &self,
        call: &Call,
        request: &pb::EndTeamRequest,
    ) -> Result<String, Status> {
        let id = field::request_id(&request.request_id)?;
        let team = field::name("name", &request.name)?;
        self.execute(call, id, Command::EndTeam { by: authority(call), team }).await?;
        Ok(request.name.clone())
    }

    pub(super) async fn team(&self, call: &Call, id: TeamId) -> Result<pb::Team, Status> {
        let viewer = viewer(call);
        let look = move |state: &State, _| {
            let found = state.organisations.team(id).ok_or_else(|| not_found(id))?;
            let shown = state.organisations.shows_team(&found, viewer);
            if shown { Ok(found) } else { Err(not_shown(id)) }
        };
        Ok(show::team(&self.look(call, look).await??))
    }

    pub(super) async fn teams(
        &self,
        call: &Call,
        request: &pb::ListTeamsRequest,
    ) -> Result<pb::ListTeamsResponse, Status> {
        let of =
            read::optional(&request.organisation, |name| read::organisation("organisation", name))?;
        let query = ("ListTeams", of);
        let size = page::size(request.page_size)?;
        let after = page::after::<TeamId>(&request.page_token, &query)?;
        let viewer = viewer(call);
        let look = move |state: &State, _| state.organisations.teams(of, viewer, after, size);
        let found = self.look(call, look).await?;
        let items = found.items.iter().map(|team| (team.id, show::team(team))).collect();
        let (teams, next_page_token) = page::of(items, found.next, &query);
        Ok(pb::ListTeamsResponse { teams, next_page_token })
    }
}
