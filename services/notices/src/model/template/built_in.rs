//! The kinds of notices there are, with the words that come with the program.
//!
//! Nothing in them says what somebody needs help with beyond the municipality's own word for it,
//! and nothing that was said in words about anybody can get into them.

use super::{Calendar, Kind};
use dugnad_events::notices::Answer::{self, Cancel, Later, No, Seen, Yes};

const NONE: &[Answer] = &[];

pub(super) const KINDS: &[Kind] = &[
    Kind {
        code: "offer",
        asks: &[Yes, No, Later],
        calendar: Calendar::Nothing,
        nb: [
            "Kan du hjelpe? {what}",
            "{sender}: Kan du hjelpe? {what} {when}. {reply} Svar innen {until}.",
            "Hei {name}!\n\nKan du hjelpe? Det gjelder {what}, {when}.\n\nSvar innen \
             {until}:\n{link}",
        ],
        en: [
            "Can you help? {what}",
            "{sender}: Can you help? {what} {when}. {reply} Answer by {until}.",
            "Hello {name},\n\nCan you help? It is {what}, {when}.\n\nPlease answer by \
             {until}:\n{link}",
        ],
    },
    Kind {
        code: "offer-filled",
        asks: NONE,
        calendar: Calendar::Nothing,
        nb: [
            "Plassen er fylt: {what}",
            "{sender}: {what} {when} er dekket nå. Takk for at du ville se på det!",
            "Hei {name}!\n\n{what} {when} er dekket av andre nå. Du trenger ikke å svare. Takk \
             for at du ville se på det!",
        ],
        en: [
            "No longer needed: {what}",
            "{sender}: {what} {when} is taken care of now. Thank you for considering it!",
            "Hello {name},\n\n{what} {when} is taken care of by others now. You need not answer. \
             Thank you for considering it!",
        ],
    },
    Kind {
        code: "offer-withdrawn",
        asks: NONE,
        calendar: Calendar::Nothing,
        nb: [
            "Ikke lenger aktuelt: {what}",
            "{sender}: {what} {when} er ikke lenger aktuelt. Du trenger ikke å svare.",
            "Hei {name}!\n\n{what} {when} er ikke lenger aktuelt. Du trenger ikke å svare.",
        ],
        en: [
            "No longer needed: {what}",
            "{sender}: {what} {when} is no longer needed. You need not answer.",
            "Hello {name},\n\n{what} {when} is no longer needed. You need not answer.",
        ],
    },
    Kind {
        code: "waiting",
        asks: NONE,
        calendar: Calendar::Nothing,
        nb: [
            "Du står på venteliste: {what}",
            "{sender}: Takk! {what} {when} er fullt, så du står på venteliste. Vi gir beskjed om \
             det blir plass.",
            "Hei {name}!\n\nTakk for at du vil! {what} {when} er fullt akkurat nå, så du står på \
             venteliste. Vi gir beskjed om det blir plass.",
        ],
        en: [
            "You are on the waiting list: {what}",
            "{sender}: Thank you! {what} {when} is full, so you are on the waiting list. We tell \
             you if a place becomes free.",
            "Hello {name},\n\nThank you for wanting to come! {what} {when} is full just now, so \
             you are on the waiting list. We tell you if a place becomes free.",
        ],
    },
    Kind {
        code: "assigned",
        asks: &[Cancel, Seen],
        calendar: Calendar::Holds,
        nb: [
            "Du er satt opp: {what}",
            "{sender}: Takk! Du er satt opp på {what} {when}. Kan du ikke likevel, si fra her: \
             {link}",
            "Hei {name}!\n\nTakk! Du er satt opp på {what}, {when}.\n\nKan du ikke likevel, si \
             fra så snart du kan:\n{link}",
        ],
        en: [
            "You are expected: {what}",
            "{sender}: Thank you! You are expected at {what} {when}. If you cannot come after \
             all, say so here: {link}",
            "Hello {name},\n\nThank you! You are expected at {what}, {when}.\n\nIf you cannot \
             come after all, please say so as soon as you can:\n{link}",
        ],
    },
    Kind {
        code: "given-back",
        asks: NONE,
        calendar: Calendar::Cancelled,
        nb: [
            "Vi har tatt deg av lista: {what}",
            "{sender}: Vi har notert at du ikke kan: {what} {when}. Takk for at du sa fra.",
            "Hei {name}!\n\nVi har notert at du ikke kan komme: {what}, {when}. Takk for at du \
             sa fra.",
        ],
        en: [
            "You are off the list: {what}",
            "{sender}: We have noted that you cannot come: {what} {when}. Thank you for telling \
             us.",
            "Hello {name},\n\nWe have noted that you cannot come: {what}, {when}. Thank you for \
             telling us.",
        ],
    },
    Kind {
        code: "unassigned",
        asks: NONE,
        calendar: Calendar::Cancelled,
        nb: [
            "Du skal ikke møte: {what}",
            "{sender}: Du er ikke lenger satt opp på {what} {when}. Du skal ikke møte. Spørsmål? \
             Kontakt oss.",
            "Hei {name}!\n\nDu er ikke lenger satt opp på {what}, {when}. Du skal altså ikke \
             møte. Ta kontakt om du lurer på hvorfor.",
        ],
        en: [
            "You are not expected: {what}",
            "{sender}: You are no longer expected at {what} {when}. Please do not come. \
             Questions? Contact us.",
            "Hello {name},\n\nYou are no longer expected at {what}, {when}. Please do not come. \
             Contact us if you wonder why.",
        ],
    },
    Kind {
        code: "need-alarm",
        asks: &[Seen],
        calendar: Calendar::Nothing,
        nb: [
            "Haster: noen mangler til {what}",
            "{sender}: HASTER: noen mangler til {what} {when}. Se på det nå og bekreft: {link}",
            "Noen mangler til {what}, {when}.\n\nÅrsak: {reason}\n\nBekreft at du tar \
             det:\n{link}",
        ],
        en: [
            "Urgent: somebody is missing for {what}",
            "{sender}: URGENT: somebody is missing for {what} {when}. Look at it now and \
             confirm: {link}",
            "Somebody is missing for {what}, {when}.\n\nReason: {reason}\n\nConfirm that you \
             take it:\n{link}",
        ],
    },
    Kind {
        code: "answer-refused",
        asks: NONE,
        calendar: Calendar::Nothing,
        nb: [
            "Svaret ditt kom ikke med",
            "{sender}: Svaret ditt kunne ikke registreres, så ingenting er avtalt. Kontakt oss \
             om du lurer på noe.",
            "Hei {name}!\n\nSvaret ditt kunne ikke registreres: {reason}. Ingenting er avtalt.",
        ],
        en: [
            "Your answer could not be taken",
            "{sender}: Your answer could not be taken, so nothing was agreed. Contact us if you \
             have questions.",
            "Hello {name},\n\nYour answer could not be taken: {reason}. Nothing was agreed.",
        ],
    },
    Kind {
        code: "booked",
        asks: NONE,
        calendar: Calendar::Holds,
        nb: [
            "Bestilt: {what}",
            "{sender}: {what} er bestilt for deg {when}.",
            "Hei {name}!\n\n{what} er bestilt for deg {when}.",
        ],
        en: [
            "Booked: {what}",
            "{sender}: {what} is booked for you {when}.",
            "Hello {name},\n\n{what} is booked for you {when}.",
        ],
    },
    Kind {
        code: "booked-series",
        asks: NONE,
        calendar: Calendar::Nothing,
        nb: [
            "Serie bestilt: {what}",
            "{sender}: Serien din i {what} er bestilt. Se datoene på Min side.",
            "Hei {name}!\n\nSerien din i {what} er bestilt. Datoene, og de som ikke lot seg \
             bestille, står på Min side.",
        ],
        en: [
            "Series booked: {what}",
            "{sender}: Your series in {what} is booked. See the dates on your page.",
            "Hello {name},\n\nYour series in {what} is booked. The dates, and those that could \
             not be had, are on your page.",
        ],
    },
    Kind {
        code: "requested",
        asks: NONE,
        calendar: Calendar::Nothing,
        nb: [
            "Søknad mottatt: {what}",
            "{sender}: Vi har fått søknaden din om {what} {when} og svarer så snart vi kan.",
            "Hei {name}!\n\nVi har fått søknaden din om {what}, {when}, og svarer så snart vi \
             kan.",
        ],
        en: [
            "Request received: {what}",
            "{sender}: We have your request for {what} {when} and answer as soon as we can.",
            "Hello {name},\n\nWe have your request for {what}, {when}, and answer as soon as we \
             can.",
        ],
    },
    Kind {
        code: "approved",
        asks: NONE,
        calendar: Calendar::Holds,
        nb: [
            "Godkjent: {what}",
            "{sender}: Søknaden din er godkjent: {what} {when}.",
            "Hei {name}!\n\nSøknaden din er godkjent: {what}, {when}.",
        ],
        en: [
            "Approved: {what}",
            "{sender}: Your request is approved: {what} {when}.",
            "Hello {name},\n\nYour request is approved: {what}, {when}.",
        ],
    },
    Kind {
        code: "denied",
        asks: NONE,
        calendar: Calendar::Nothing,
        nb: [
            "Ikke innvilget: {what}",
            "{sender}: Søknaden din om {what} {when} ble dessverre ikke innvilget. Kontakt oss \
             for grunnen.",
            "Hei {name}!\n\nSøknaden din om {what}, {when}, ble dessverre ikke innvilget. \
             Kontakt oss for grunnen og for å klage.",
        ],
        en: [
            "Not granted: {what}",
            "{sender}: Your request for {what} {when} was not granted. Contact us for the reason.",
            "Hello {name},\n\nYour request for {what}, {when}, was not granted. Contact us for \
             the reason and for how to appeal.",
        ],
    },
    Kind {
        code: "lapsed",
        asks: NONE,
        calendar: Calendar::Nothing,
        nb: [
            "Falt bort: {what}",
            "{sender}: {what} {when} er ikke lenger holdt av til deg: fristen er ute.",
            "Hei {name}!\n\n{what}, {when}, er ikke lenger holdt av til deg: fristen er ute.",
        ],
        en: [
            "Lapsed: {what}",
            "{sender}: {what} {when} is no longer held for you: the time is over.",
            "Hello {name},\n\n{what}, {when}, is no longer held for you: the time is over.",
        ],
    },
    Kind {
        code: "moved",
        asks: NONE,
        calendar: Calendar::Holds,
        nb: [
            "Flyttet: {what}",
            "{sender}: Bestillingen din er flyttet. Ny tid og sted: {what} {when}.",
            "Hei {name}!\n\nBestillingen din er flyttet. Den var {before}; nå er det {what}, \
             {when}.",
        ],
        en: [
            "Moved: {what}",
            "{sender}: Your booking was moved. New time and place: {what} {when}.",
            "Hello {name},\n\nYour booking was moved. It was {before}; now it is {what}, {when}.",
        ],
    },
    Kind {
        code: "cancelled",
        asks: NONE,
        calendar: Calendar::Cancelled,
        nb: [
            "Avbestilt: {what}",
            "{sender}: {what} {when} er avbestilt.",
            "Hei {name}!\n\n{what}, {when}, er avbestilt.",
        ],
        en: [
            "Cancelled: {what}",
            "{sender}: {what} {when} is cancelled.",
            "Hello {name},\n\n{what}, {when}, is cancelled.",
        ],
    },
    Kind {
        code: "room-closed",
        asks: NONE,
        calendar: Calendar::Cancelled,
        nb: [
            "Avlyst, lokalet er stengt: {what}",
            "{sender}: {what} er stengt, og bestillingen din {when} er avlyst.",
            "Hei {name}!\n\n{what} er stengt, og bestillingen din {when} er derfor avlyst. Vi \
             beklager.",
        ],
        en: [
            "Cancelled, the room is closed: {what}",
            "{sender}: {what} is closed, and your booking {when} is cancelled.",
            "Hello {name},\n\n{what} is closed, and your booking {when} is therefore cancelled. \
             We are sorry.",
        ],
    },
    Kind {
        code: "unhosted",
        asks: NONE,
        calendar: Calendar::Cancelled,
        nb: [
            "Avlyst, ingen kan åpne: {what}",
            "{sender}: Ingen kan åpne og låse {what}, og bestillingen din {when} er avlyst.",
            "Hei {name}!\n\nIngen kan åpne og låse {what}, og bestillingen din {when} er derfor \
             avlyst. Vi beklager.",
        ],
        en: [
            "Cancelled, nobody can open: {what}",
            "{sender}: Nobody can open {what}, and your booking {when} is cancelled.",
            "Hello {name},\n\nNobody can open and lock {what}, and your booking {when} is therefore \
             cancelled. We are sorry.",
        ],
    },
    Kind {
        code: "displaced",
        asks: NONE,
        calendar: Calendar::Cancelled,
        nb: [
            "Bestillingen din måtte vike: {what}",
            "{sender}: Bestillingen din av {what} {when} måtte vike for noe annet. Vi beklager. \
             Se e-post eller kontakt oss for andre tider.",
            "Hei {name}!\n\nBestillingen din av {what}, {when}, måtte vike for noe annet. Vi \
             beklager.\n\nLedige tider: {instead}",
        ],
        en: [
            "Your booking had to give way: {what}",
            "{sender}: Your booking of {what} {when} had to give way. We are sorry. See your \
             e-mail or contact us for other times.",
            "Hello {name},\n\nYour booking of {what}, {when}, had to give way. We are \
             sorry.\n\nFree times: {instead}",
        ],
    },
    Kind {
        code: "room-free",
        asks: &[Seen],
        calendar: Calendar::Nothing,
        nb: [
            "Ledig nå: {what}",
            "{sender}: Det du ventet på er ledig: {what} {when}. Det er holdt av til deg til \
             {until}. {link}",
            "Hei {name}!\n\nDet du ventet på er ledig: {what}, {when}. Det er holdt av til deg \
             til {until}.\n\n{link}",
        ],
        en: [
            "Free now: {what}",
            "{sender}: What you waited for is free: {what} {when}. It is held for you until \
             {until}. {link}",
            "Hello {name},\n\nWhat you waited for is free: {what}, {when}. It is held for you \
             until {until}.\n\n{link}",
        ],
    },
    Kind {
        code: "reminder",
        asks: &[Cancel, Seen],
        calendar: Calendar::Nothing,
        nb: [
            "Påminnelse: {what}",
            "{sender}: Husk {what} {when}. Kan du ikke, si fra her: {link}",
            "Hei {name}!\n\nDette er en påminnelse: {what}, {when}.\n\nKan du ikke, si fra så \
             snart du kan:\n{link}",
        ],
        en: [
            "Reminder: {what}",
            "{sender}: Remember {what} {when}. If you cannot, say so here: {link}",
            "Hello {name},\n\nThis is a reminder: {what}, {when}.\n\nIf you cannot, please say \
             so as soon as you can:\n{link}",
        ],
    },
    Kind {
        code: "concern",
        asks: &[Seen],
        calendar: Calendar::Nothing,
        nb: [
            "En melding trenger oppfølging",
            "{sender}: En melding trenger oppfølging nå. Logg inn for å se den, og bekreft: \
             {link}",
            "En melding trenger oppfølging. Den står i innboksen; her står av hensyn til \
             personvernet ingenting om den.\n\nBekreft at du tar den:\n{link}",
        ],
        en: [
            "A report needs attention",
            "{sender}: A report needs attention now. Sign in to see it, and confirm: {link}",
            "A report needs attention. It is in the inbox; for privacy nothing of it stands \
             here.\n\nConfirm that you take it:\n{link}",
        ],
    },
    Kind {
        code: "renewal",
        asks: &[Seen],
        calendar: Calendar::Nothing,
        nb: [
            "En avtale går snart ut",
            "{sender}: En samarbeidsavtale går snart ut. Se avtalelista.",
            "En samarbeidsavtale går snart ut. Ta kontakt med den andre parten; avtalen står i \
             avtalelista.",
        ],
        en: [
            "An agreement runs out soon",
            "{sender}: A cooperation agreement runs out soon. See the list of agreements.",
            "A cooperation agreement runs out soon. Speak with the other side; it is in the list \
             of agreements.",
        ],
    },
    Kind {
        code: "reply-unclear",
        asks: NONE,
        calendar: Calendar::Nothing,
        nb: [
            "Vi forsto ikke svaret",
            "{sender}: Vi forsto ikke svaret ditt. Bruk lenken i meldingen fra oss, eller ring \
             oss.",
            "Hei {name}!\n\nVi forsto ikke svaret ditt. Bruk lenken i meldingen fra oss, eller \
             ring oss.",
        ],
        en: [
            "We did not understand the answer",
            "{sender}: We did not understand your answer. Use the link in our message, or call \
             us.",
            "Hello {name},\n\nWe did not understand your answer. Use the link in our message, or \
             call us.",
        ],
    },
    Kind {
        code: "reply-late",
        asks: NONE,
        calendar: Calendar::Nothing,
        nb: [
            "Svaret kom for sent",
            "{sender}: Takk for svaret! Det kom dessverre for sent, så ingenting er avtalt.",
            "Hei {name}!\n\nTakk for svaret! Det kom dessverre for sent, så ingenting er avtalt.",
        ],
        en: [
            "The answer came too late",
            "{sender}: Thank you for your answer! It came too late, so nothing was agreed.",
            "Hello {name},\n\nThank you for your answer! It came too late, so nothing was agreed.",
        ],
    },
];
