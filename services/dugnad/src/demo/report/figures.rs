//! The month's figures: the great ones as cards, all of them as a table.

use super::{
    super::{figures::Figures, number},
    escaped,
};

/// What one looks at first.
pub(super) fn cards(of: &Figures) -> String {
    let cards = [
        (format!("{} of {}", of.held, of.evenings), "evenings held"),
        (number(of.came), "places at them taken"),
        (number(of.hours_of_helpers.round() as usize), "hours given by volunteers"),
        (percent(of.rides_promised, of.rides_asked), "of the rides asked for promised"),
        (format!("{} km", number(of.kilometres.round() as usize)), "driven"),
        (number(of.messages), "text messages"),
    ];
    let card = |(value, what): &(String, &str)| {
        format!("<div class=card><b>{value}</b><span>{what}</span></div>")
    };
    format!("<div class=cards>{}</div>", cards.iter().map(card).collect::<String>())
}

/// All, with what was not met and why.
pub(super) fn table(of: &Figures) -> String {
    let mut rows = part("Evenings held", of.held, of.evenings);
    rows += &nots(of.not_held.iter());
    for (kind, [wanted, taken]) in &of.helpers {
        rows +=
            &part(&format!("Places as {} that volunteers took", escaped(kind)), *taken, *wanted);
    }
    rows += &part("Rides promised", of.rides_promised, of.rides_asked);
    rows += &nots(of.rides_refused.iter());
    let whole = |x: f64| number(x.round() as usize);
    for (what, value) in [
        ("Promises that the world broke", number(of.rides_broken)),
        ("Rides that gave way to others, as their evening moved", number(of.rides_replaced)),
        ("Hours that volunteers gave", whole(of.hours_of_helpers)),
        ("Shifts that minibuses drove", number(of.drives)),
        ("Kilometres driven", whole(of.kilometres)),
        ("Vehicle hours", whole(of.vehicle_hours)),
        ("Empty seats, metre by metre", format!("{:.0} %", 100.0 * of.seats_empty)),
        ("Kroner refunded to drivers", whole(of.refund_kroner)),
        ("Text messages", number(of.messages)),
    ] {
        rows += &format!("<tr><td colspan=2>{what}<td>{value}");
    }
    format!("<section><h2>What was met, and what not</h2><table>{rows}</table></section>")
}

/// Some of all, with a bar.
fn part(what: &str, some: usize, all: usize) -> String {
    let (share, some, all) = (percent(some, all).replace(' ', ""), number(some), number(all));
    format!(
        "<tr><td>{what}<td class=bar><div><i style='width:{share}'></i></div><td>{some} of {all}"
    )
}

fn nots<'a>(reasons: impl Iterator<Item = (&'a String, &'a usize)>) -> String {
    let mut all: Vec<_> = reasons.collect();
    all.sort_by_key(|(_, times)| std::cmp::Reverse(**times));
    let not = |(why, n): &(&String, &usize)| {
        format!("<tr class=not><td colspan=2>not: {}<td>{}", escaped(why), number(**n))
    };
    all.iter().map(not).collect()
}

fn percent(some: usize, all: usize) -> String {
    format!("{:.0} %", 100.0 * some as f64 / all.max(1) as f64)
}
