//! How people ride, and where vehicles stop: what rides that activities ask for rest on.

use dugnad_door::{Call, Within as _, field, page};
use dugnad_events::{
    FacilityId,
    rides::{self, Entrance, Home},
};
use dugnad_proto::rides::v1 as pb;
use dugnad_vault::PersonId;
use tonic::Status;

use super::{ALL_OFFICES, Api, is_one_of, not_found, read, refused, show};
use crate::model::{Command, Refusal, State};

impl Api {
    pub(super) async fn set_traveller(
        &self,
        call: &Call,
        request: pb::SetTravellerRequest,
    ) -> Result<pb::SetTravellerResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let asked = field::required("traveller", request.traveller.as_ref())?;
        let told = read::traveller(asked).within("traveller")?;
        let (person, office) = (told.person, is_one_of(call, ALL_OFFICES));
        self.must_speak_for(call, person).await?;
        let home = self.desk.seal(call, person, id, &told.home).await?;
        let facts = rides::Traveller {
            home,
            load: told.load,
            needs: told.needs,
            refuses: told.refuses,
            service: told.service,
            longest: told.longest,
        };
        let shown = show::traveller(person, &facts, Some(told.home));
        let command = Command::SetTraveller { person, facts: Box::new(facts), office };
        self.desk.execute(call, id, command).await?;
        Ok(pb::SetTravellerResponse { traveller: Some(shown) })
    }

    pub(super) async fn get_traveller(
        &self,
        call: &Call,
        request: pb::GetTravellerRequest,
    ) -> Result<pb::GetTravellerResponse, Status> {
        let person = read::person("person", &request.person)?;
        self.must_speak_for(call, person).await?;
        let look = move |state: &State, _| state.travellers.get(&person).cloned();
        let facts: rides::Traveller =
            self.desk.look(call, look).await?.ok_or_else(|| not_found(person))?;
        let home: Option<Home> = self.desk.open(call, &facts.home).await?;
        let traveller = Some(show::traveller(person, &facts, home));
        Ok(pb::GetTravellerResponse { traveller })
    }

    /// That the caller may order rides for somebody.
    pub(super) async fn must_speak_for(&self, call: &Call, person: PersonId) -> Result<(), Status> {
        if is_one_of(call, ALL_OFFICES) {
            return Ok(());
        }
        let caller = PersonId(call.caller.id);
        let look = move |state: &State, now| state.speaks_for(caller, person, now);
        let may = self.desk.look(call, look).await?;
        if may { Ok(()) } else { Err(refused(Refusal::NotRepresented(person))) }
    }

    pub(super) async fn set_entrance(
        &self,
        call: &Call,
        request: pb::SetEntranceRequest,
    ) -> Result<pb::SetEntranceResponse, Status> {
        call.must_be(ALL_OFFICES)?;
        let id = field::request_id(&request.request_id)?;
        let asked = field::required("entrance", request.entrance.as_ref())?;
        let facility: FacilityId = field::name("entrance.facility", &asked.facility)?;
        let spot = read::spot("spot", asked.spot.as_ref()).within("entrance")?;
        let entrance = Entrance { facility, spot };
        let shown = show::entrance(facility, entrance.spot.clone());
        self.desk.execute(call, id, Command::SetEntrance(entrance)).await?;
        Ok(pb::SetEntranceResponse { entrance: Some(shown) })
    }

    pub(super) async fn list_entrances(
        &self,
        call: &Call,
        request: pb::ListEntrancesRequest,
    ) -> Result<pb::ListEntrancesResponse, Status> {
        call.must_be(ALL_OFFICES)?;
        let size = page::size(request.page_size)?;
        let after: Option<FacilityId> = page::after(&request.page_token, &"ListEntrances")?;
        let look = move |state: &State, _| {
            let mut all = state.entrances.range((bound(after), std::ops::Bound::Unbounded));
            let shown =
                |(id, spot): (&FacilityId, &rides::Spot)| (*id, show::entrance(*id, spot.clone()));
            let found: Vec<_> = all.by_ref().take(size).map(shown).collect();
            let more = all.next().and(found.last().map(|(id, _)| *id));
            (found, more)
        };
        let (found, more) = self.desk.look(call, look).await?;
        let (entrances, next_page_token) = page::of(found, more, &"ListEntrances");
        Ok(pb::ListEntrancesResponse { entrances, next_page_token })
    }
}

pub(super) fn bound<T>(after: Option<T>) -> std::ops::Bound<T> {
    after.map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded)
}
