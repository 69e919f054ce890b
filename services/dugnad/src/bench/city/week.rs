//! The city and its week, made and asked for as people do it, one phase after another.

use std::collections::BTreeMap;

use anyhow::Result;

use super::{City, report::Report, rides};
use crate::demo::{
    evenings::{self, Evening},
    fleet, helpers, people,
    people::Resident,
    town::{self, Building},
};

/// What there is to ask about.
pub(super) struct Week {
    pub(super) buildings: Vec<Building>,
    /// As `people/{person}`.
    pub(super) residents: Vec<Resident>,
    pub(super) evenings: Vec<Evening>,
}

pub(super) async fn made(city: &City, report: &mut Report) -> Result<Week> {
    let (buildings, residents) = filled(city, report).await?;
    let City { door, map, month, counts, .. } = city;
    let series = counts.series;
    let planned = report
        .phase("activities written down and made public", evenings::plan(door, map, month, series))
        .await?;
    let arranging = evenings::arranged(door, &buildings, planned);
    let mut evenings = report.phase("… until rooms and matching have answered", arranging).await?;
    report.made("activities", evenings.len());
    report.made("activities in a room", evenings.iter().filter(|it| it.place.is_some()).count());
    let mut asked = door.clone();
    let answers = report.phase("helpers asked, and answering", helpers::answer(&mut asked)).await?;
    report.made("helpers' yes", answers.yes);
    report.made("helpers' no", answers.no);
    report.made("helpers who say nothing", answers.silent);
    report.made("helpers' places nobody took", answers.missing);
    evenings::choose(&mut evenings, &residents, counts);
    let signing = rides::sign_up(door, &residents, &evenings);
    let signed_up = report.phase("residents sign up, half of the rides with it", signing).await?;
    report.made("sign-ups", signed_up.len());
    report.made("sign-ups with a place", signed_up.iter().filter(|it| it.is_going()).count());
    let answering = rides::answered(door, &evenings, &signed_up);
    let by_sign_up = report.phase("… until rides have answered", answering).await?;
    let by_phone = rides::by_phone(&evenings);
    let asking = rides::ask(door, &residents, &buildings, &by_phone);
    let by_phone = report.phase("the other rides asked for by telephone", asking).await?;
    let driven = 2 * signed_up.iter().filter(|it| it.driven).count();
    report.made("rides by sign-up, promised", by_sign_up.promised);
    report.made("rides by sign-up, refused", by_sign_up.refused);
    let none = driven - by_sign_up.promised - by_sign_up.refused;
    report.made("rides by sign-up, without a room or a place there", none);
    count_by_phone(&by_phone, report);
    Ok(Week { buildings, residents, evenings })
}

/// The city, and everybody in it.
async fn filled(city: &City, report: &mut Report) -> Result<(Vec<Building>, Vec<Resident>)> {
    let City { door, map, month, counts, .. } = city;
    let mut words = door.clone();
    town::set_words(&mut words, &map.areas).await?;
    let importing = people::import_organisations(door, map, counts.organisations);
    let organisations = report.phase("organisations imported", importing).await?;
    report.made("organisations", organisations);
    let signing = people::sign_up(door, map, month, counts.volunteers);
    let volunteers = report.phase("volunteers signed up and admitted", signing).await?;
    report.made("volunteers", volunteers.len());
    let hearing = people::heard(&mut words, month, &volunteers);
    report.phase("… until matching has heard of all", hearing).await?;
    let registering = people::register_residents(door, map, counts.residents);
    let residents =
        report.phase("residents registered, and how each is driven", registering).await?;
    report.made("residents", residents.len());
    let building = town::register(door, map, month, counts.buildings);
    let buildings = report.phase("buildings, rooms and doors", building).await?;
    report.made("buildings", buildings.len());
    report.made("rooms", buildings.iter().map(|it| it.rooms.len()).sum());
    // Nobody drives while they welcome.
    let drivers = volunteers.iter().filter(|it| !it.is_host).take(4 * counts.vehicles);
    let drivers: Vec<_> = drivers.map(|it| it.name.clone()).collect();
    let fleet = fleet::register(door, month, &buildings, &drivers, counts.vehicles);
    let vehicles = report.phase("minibuses, drivers and shifts", fleet).await?;
    report.made("minibuses", vehicles.len());
    Ok((buildings, residents))
}

fn count_by_phone(by_phone: &[rides::Asked], report: &mut Report) {
    let mut refused = BTreeMap::<&str, usize>::new();
    let mut promised = 0;
    for driven in by_phone {
        match driven {
            rides::Asked::Promised => promised += 2,
            rides::Asked::Refused(reason) => *refused.entry(reason).or_default() += 2,
        }
    }
    report.made("rides by telephone, promised", promised);
    for (reason, count) in refused {
        report.made(&format!("rides by telephone, {reason}"), count);
    }
}
