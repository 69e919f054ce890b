//! A host declines: the next is asked. At the deadline, with nobody, a person is alarmed.

use dugnad_harness::clients::request_id;
use dugnad_proto::{
    matching::v1::{DeclineOfferRequest, Kind, Offer, SetKindRequest},
    rooms::v1::{ShiftRules, UnhostedAction},
};
use dugnad_scenarios::{
    On,
    evening::{evening_in, local_in, until},
    on_both,
    village::{Coordinator, themselves},
};

use crate::{House, of_rooms};

on_both!(a_host_who_declines_is_followed_by_the_next_and_at_the_deadline_a_person_is_alarmed);

/// Whoever is asked now, once somebody is who is not one of these.
async fn asked(kari: &mut Coordinator, need: &str, before: &[Offer]) -> Offer {
    let found = std::sync::Mutex::new(None);
    until(|| {
        let (mut matching, need) = (kari.matching.clone(), need.to_owned());
        let found = &found;
        async move {
            let request = dugnad_proto::matching::v1::ListOffersRequest {
                need,
                page_size: 1000,
                ..Default::default()
            };
            let offers = matching.list_offers(request).await.unwrap().into_inner().offers;
            let new = |it: &Offer| before.iter().all(|known| known.name != it.name);
            let offer = offers.into_iter().find(new);
            let is = offer.is_some();
            *found.lock().unwrap() = offer;
            is
        }
    })
    .await;
    found.into_inner().unwrap().unwrap()
}

async fn a_host_who_declines_is_followed_by_the_next_and_at_the_deadline_a_person_is_alarmed(
    on: On,
) {
    let mut house = House::open(on, &[], ShiftRules::default()).await;
    let mut kari = Coordinator::of(&house.world.server);
    let kind = Kind { code: "host".into(), automatic: true, at_a_time: 1, ..Default::default() };
    let request = SetKindRequest { kind: Some(kind), request_id: request_id() };
    kari.matching.set_kind(request).await.unwrap();
    let berit = kari.takes_in("Berit").await;
    let five_days = 5 * 24 * 60;
    let (activity, date) = house.clerk.plans(evening_in(&house.hall), local_in(five_days)).await;
    house.clerk.arranges(&activity).await;
    let seen = house.clerk.once_asked_for(&date).await;
    let (facility, time) = (house.facility.clone(), of_rooms(&seen));
    let shift = house.clerk.shift(&facility, time, |_| true).await;

    // One is asked, says no, and the other is.
    let mut offers = Vec::new();
    for _ in 0..2 {
        let offer = asked(&mut kari, &shift.need, &offers).await;
        let mut matching = themselves(&house.world.server, &offer.to);
        let decline = DeclineOfferRequest {
            name: offer.name.clone(),
            reason: String::new(),
            request_id: request_id(),
        };
        matching.decline_offer(decline).await.unwrap();
        offers.push(offer);
    }
    let mut people: Vec<_> = offers.iter().map(|offer| offer.to.clone()).collect();
    people.sort_unstable();
    let mut both = vec![house.anna.clone(), berit];
    both.sort_unstable();
    assert_eq!(people, both);
    let still = house.clerk.shift(&facility, time, |_| true).await;
    assert_eq!(still.unhosted(), UnhostedAction::Unspecified, "there is time yet");

    // By then somebody must have been found.
    let warn = UnhostedAction::Warn.into();
    let rules = ShiftRules { deadline_hours: 24 * 6, unhosted: warn, ..Default::default() };
    house.clerk.wants_hosts(&facility, rules).await;

    let alarmed = |it: &dugnad_proto::rooms::v1::Shift| it.unhosted() == UnhostedAction::Warn;
    house.clerk.shift(&facility, time, alarmed).await;
    assert_eq!(house.clerk.sees(&date).await.unwrap().booking, seen.booking, "it still stands");
}
