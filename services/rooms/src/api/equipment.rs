//! A facility's equipment: how much there is, and how much is free.

use dugnad_door::{Call, Within as _, field};
use dugnad_events::{Code, FacilityId};
use dugnad_proto::rooms::v1 as pb;
use tonic::Status;

use super::{Api, STAFF, not_found, read, show};
use crate::model::{Command, Name, State};

impl Api {
    pub(super) async fn set_stock(
        &self,
        call: &Call,
        request: &pb::SetEquipmentStockRequest,
    ) -> Result<pb::SetEquipmentStockResponse, Status> {
        call.must_be(&STAFF)?;
        let id = field::request_id(&request.request_id)?;
        let facility = field::name("facility", &request.facility)?;
        let said = field::required("equipment", request.equipment.as_ref())?;
        let item: Code = field::name("item", &said.item).within("equipment")?;
        let count =
            field::within("count", said.count, 0..=read::MOST_PIECES).within("equipment")?;
        let command = Command::SetStock { facility, item, count };
        self.desk.execute(call, id, command).await?;
        let equipment = Some(pb::Equipment { free: 0, ..said.clone() });
        Ok(pb::SetEquipmentStockResponse { equipment })
    }

    pub(super) async fn equipment(
        &self,
        call: &Call,
        request: &pb::ListEquipmentRequest,
    ) -> Result<pb::ListEquipmentResponse, Status> {
        let facility: FacilityId = field::name("facility", &request.facility)?;
        let span = read::interval("interval", request.interval.as_ref(), read::LONGEST_BOOKING)?;
        let look = move |state: &State, _| {
            state.facility(facility).is_some().then(|| state.equipment(facility, span))
        };
        let found = self.desk.look(call, look).await?;
        let found = found.ok_or_else(|| not_found(Name::Facility(facility)))?;
        let shown = found.into_iter().map(|(item, count, free)| pb::Equipment {
            item: item.into(),
            count: show::count(count.into()),
            free: show::count(free),
        });
        Ok(pb::ListEquipmentResponse { equipment: shown.collect() })
    }
}
