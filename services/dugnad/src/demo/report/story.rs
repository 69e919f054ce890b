//! The evening that was told, and what went wrong: the words of the terminal, side by side.

use super::{super::say::Mark, escaped};

pub(super) fn draw(story: &[(Mark, String)]) -> String {
    let mut html = "<section class=story>".to_owned();
    let mut is_open = false;
    for (mark, text) in story {
        let text = escaped(text);
        match mark {
            Mark::Heading => {
                if is_open {
                    html += "</ol></div>";
                }
                is_open = true;
                // The terminal counts its parts.
                let title = text.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
                html += &format!("<div><h2>{title}</h2><ol>");
            }
            Mark::Done => html += &format!("<li class=done>{text}"),
            Mark::Refused => html += &format!("<li class=refused>{text}"),
            Mark::Detail => html += &format!("<li class=detail>{text}"),
        }
    }
    html + if is_open { "</ol></div></section>" } else { "</section>" }
}
