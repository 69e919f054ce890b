//! What made-up people and organisations are called.

use dugnad_harness::sim::Seeded;

const FIRST: [&str; 40] = [
    "Anne", "Berit", "Bjørn", "Eirik", "Eli", "Ellen", "Fatima", "Geir", "Grete", "Hanne",
    "Harald", "Inger", "Ingrid", "Jan", "Johanne", "Kari", "Karin", "Kjell", "Knut", "Lars",
    "Leila", "Liv", "Magnus", "Marit", "Mohamed", "Nils", "Odd", "Olav", "Per", "Ragnhild",
    "Randi", "Rolf", "Sigrid", "Siri", "Solveig", "Svein", "Terje", "Tone", "Turid", "Øystein",
];

const LAST: [&str; 40] = [
    "Aas",
    "Ahmed",
    "Andersen",
    "Bakke",
    "Berg",
    "Berge",
    "Bråten",
    "Dahl",
    "Eide",
    "Eriksen",
    "Fossum",
    "Haugen",
    "Hagen",
    "Halvorsen",
    "Hansen",
    "Holm",
    "Iversen",
    "Jensen",
    "Johansen",
    "Kristiansen",
    "Larsen",
    "Lie",
    "Lien",
    "Lund",
    "Moen",
    "Myhre",
    "Nguyen",
    "Nilsen",
    "Nygård",
    "Olsen",
    "Pedersen",
    "Ruud",
    "Sandvik",
    "Solberg",
    "Strand",
    "Sørensen",
    "Tangen",
    "Vik",
    "Ødegård",
    "Ås",
];

const KINDS: [&str; 12] = [
    "Mannskor",
    "Skolekorps",
    "Sanitetsforening",
    "Pensjonistforening",
    "Idrettslag",
    "Historielag",
    "Velforening",
    "Frivilligsentral",
    "Husflidslag",
    "Turlag",
    "Sjakklubb",
    "Bridgeklubb",
];

/// A first and a last name.
pub(super) fn person(random: &mut Seeded) -> String {
    format!("{} {}", one(random, &FIRST), one(random, &LAST))
}

/// The `n`th organisation, at home in a street.
pub(super) fn organisation(n: usize, street: &str) -> String {
    let kind = KINDS[n % KINDS.len()];
    match n / KINDS.len() {
        0 => format!("{street} {}", kind.to_lowercase()),
        round => format!("{street} {} {}", kind.to_lowercase(), round + 1),
    }
}

/// One of them.
pub(super) fn one<'a, T: ?Sized>(random: &mut Seeded, of: &[&'a T]) -> &'a T {
    of[below(random, of.len())]
}

/// A number below `bound`, which must not be 0.
pub(crate) fn below(random: &mut Seeded, bound: usize) -> usize {
    usize::try_from(random.below(bound as u64)).unwrap_or_default()
}
