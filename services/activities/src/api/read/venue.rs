//! Where an activity is to be held, as the request says it.

use std::collections::BTreeMap;

use dugnad_door::{Invalid, Within as _, field};
use dugnad_events::{
    Code,
    activities::{Outside, Venue, VenueWish},
    rooms::{Accessibility, Application, Claim},
    volunteers::Location,
};
use dugnad_proto::{activities::v1 as pb, rooms::v1 as rooms};

use super::code_if_any;

const LONGEST_PLACE: usize = 300;
const LONGEST_WORD: usize = 40;
const MOST_WORDS: usize = 32;
const MOST_FACILITIES: usize = 20;
/// Of people in a room, and of pieces of equipment.
const MOST: i32 = 100_000;

pub(super) fn read(venue: Option<&pb::activity::Venue>) -> Result<Venue, Invalid> {
    match venue {
        Some(pb::activity::Venue::Room(wish)) => wished(wish).map(Venue::Room).within("room"),
        Some(pb::activity::Venue::Outside(place)) => {
            outside(place).map(Venue::Outside).within("outside")
        }
        None => Err(Invalid::new("room", "or `outside` is required")),
    }
}

fn wished(wish: &pb::RoomWish) -> Result<VenueWish, Invalid> {
    let facilities = field::at_most("facilities", &wish.facilities, MOST_FACILITIES)?;
    let facilities = facilities.iter().enumerate();
    let facilities =
        facilities.map(|(at, name)| field::name("", name).within_item("facilities", at));
    Ok(VenueWish {
        room: match wish.room.as_str() {
            "" => None,
            name => Some(field::name("room", name)?),
        },
        capacity: field::within("capacity", wish.capacity, 0..=MOST)?,
        equipment: equipment(&wish.equipment)?,
        accessibility: accessibility(&wish.accessibility)?,
        facilities: facilities.collect::<Result<_, _>>()?,
        application: match &wish.application {
            Some(said) => application(said).within("application")?,
            None => Application::default(),
        },
    })
}

fn equipment(words: &[String]) -> Result<Vec<String>, Invalid> {
    let words = field::at_most("equipment", words, MOST_WORDS)?.iter().enumerate();
    let word = |(at, word): (usize, &String)| {
        let read = field::label("", word, LONGEST_WORD).and_then(|word| {
            let lower = word.chars().all(|c| c.is_lowercase() || c.is_numeric() || c == '-');
            if lower {
                Ok(word.to_owned())
            } else {
                Err(Invalid::new("", "must be a lower-case word"))
            }
        });
        read.within_item("equipment", at)
    };
    words.map(word).collect()
}

fn accessibility(wanted: &[i32]) -> Result<Vec<Accessibility>, Invalid> {
    let known = |(at, value): (usize, &i32)| match rooms::Accessibility::try_from(*value) {
        Ok(rooms::Accessibility::StepFree) => Ok(Accessibility::StepFree),
        Ok(rooms::Accessibility::Lift) => Ok(Accessibility::Lift),
        Ok(rooms::Accessibility::AccessibleToilet) => Ok(Accessibility::AccessibleToilet),
        Ok(rooms::Accessibility::HearingLoop) => Ok(Accessibility::HearingLoop),
        Ok(rooms::Accessibility::AccessibleParking) => Ok(Accessibility::AccessibleParking),
        Ok(rooms::Accessibility::Unspecified) | Err(_) => {
            Err(Invalid::new("", "must be one of the known values"))
                .within_item("accessibility", at)
        }
    };
    field::at_most("accessibility", wanted, MOST_WORDS)?.iter().enumerate().map(known).collect()
}

fn application(said: &rooms::Application) -> Result<Application, Invalid> {
    let mut claims = BTreeMap::<Code, u32>::new();
    for (at, claim) in field::at_most("equipment", &said.equipment, MOST_WORDS)?.iter().enumerate()
    {
        let (item, count) = claimed(claim).within_item("equipment", at)?;
        if claims.insert(item, count).is_some() {
            return Err(Invalid::new("item", "is named twice")).within_item("equipment", at);
        }
    }
    let organisation = said.organisation.as_str();
    Ok(Application {
        applicant: code_if_any("applicant_kind", &said.applicant_kind)?,
        organisation: (!organisation.is_empty())
            .then(|| field::name("organisation", organisation))
            .transpose()?,
        purpose: code_if_any("purpose_kind", &said.purpose_kind)?,
        adult_in_charge: said.adult_in_charge,
        accepted_terms: field::within("accepted_terms", said.accepted_terms, 0..=i32::MAX)?,
        equipment: claims.into_iter().map(|(item, count)| Claim { item, count }).collect(),
    })
}

fn claimed(claim: &rooms::EquipmentClaim) -> Result<(Code, u32), Invalid> {
    Ok((field::name("item", &claim.item)?, field::within("count", claim.count, 1..=MOST)?))
}

fn outside(place: &pb::Outside) -> Result<Outside, Invalid> {
    let at = place.location.as_ref().map(|at| location(at).within("location")).transpose()?;
    Ok(Outside { place: field::label("place", &place.place, LONGEST_PLACE)?.to_owned(), at })
}

fn location(at: &pb::Location) -> Result<Location, Invalid> {
    let degrees = |name: &str, value: f64, most: f64| {
        let within = (-most..=most).contains(&value);
        let no = || Invalid::new(name, format!("must be from -{most} to {most}"));
        within.then(|| (value * 1e6).round() as i32).ok_or_else(no)
    };
    let lat = degrees("latitude", at.latitude, 90.0)?;
    Ok(Location { lat, lon: degrees("longitude", at.longitude, 180.0)? })
}
