//! The charts of the printable page, drawn as SVG from whole figures, so that the same figures give the
//! same drawing.

use maud::{Markup, html};

use crate::model::MoneyUnit;
use crate::model::amount::sum_in;
use crate::model::words::grouped;
use crate::wording::{overview, web};
use crate::workbook::consolidated::overview::Waterfall;

/// A bar of the waterfall.
const WHOLE: &str = "#1f4e79";
const MORE: &str = "#f4b183";
const LESS: &str = "#d9d9d9";
const MANDATORY: &str = "#c0504d";
const VERIFY: &str = "#ffe08a";

const WIDTH: i128 = 720;
const HEIGHT: i128 = 190;
const ABOVE: i128 = 24;
const BELOW: i128 = 24;

/// Draws the way from the plan to what was reported.
pub fn waterfall(drawn: &Waterfall, title: &str, money: MoneyUnit) -> Markup {
    let count = i128::try_from(drawn.bars.len()).unwrap_or(1).max(1);
    let step = WIDTH / count;
    let bar = (step * 3 / 5).max(4);
    // Each bar from where to where it reaches, and what it says.
    let reach = |[ground, whole, more, less]: [i128; 4]| {
        let end = ground + whole + more + less;
        (ground.min(end), ground.max(end))
    };
    let floor = drawn.least.unwrap_or(0);
    let levels = || drawn.bars.iter().map(|(_, parts)| reach(*parts));
    let least = levels().map(|(low, _)| low).filter(|low| *low != 0).min().unwrap_or(0).min(floor);
    let most = levels().map(|(_, high)| high).max().unwrap_or(1).max(least + 1);
    let y = |value: i128| ABOVE + (most - value.max(least)) * HEIGHT / (most - least);
    let zero = y(least.max(0));
    html! {
        svg xmlns="http://www.w3.org/2000/svg" role="img"
            viewBox=(format!("0 0 {WIDTH} {}", ABOVE + HEIGHT + BELOW)) {
            title { (overview::waterfall_title(title, money)) }
            desc { (overview::chart_description(&drawn.told)) }
            @for (place, (name, parts)) in (0_i128..).zip(&drawn.bars) {
                @let (low, high) = reach(*parts);
                @let [_, whole, more, less] = *parts;
                @let (colour, said) = if more != 0 {
                    (MORE, format!("+{}", grouped(&sum_in(money, more))))
                } else if less != 0 {
                    (LESS, format!("−{}", grouped(&sum_in(money, less))))
                } else {
                    (WHOLE, grouped(&sum_in(money, whole)))
                };
                @let x = place * step + (step - bar) / 2;
                @let middle = place * step + step / 2;
                // A whole stands on the axis, a step on the one before it.
                @let foot = if whole != 0 { zero.max(y(low)) } else { y(low) };
                rect x=(x) y=(y(high)) width=(bar) height=((foot - y(high)).max(1)) fill=(colour)
                    stroke="#333" stroke-width="0.6" {}
                text x=(middle) y=(y(high) - 5) text-anchor="middle" { (said) }
                text x=(middle) y=(ABOVE + HEIGHT + 16) text-anchor="middle" { (name) }
            }
            line x1="0" x2=(WIDTH) y1=(ABOVE + HEIGHT) y2=(ABOVE + HEIGHT) stroke="#333" {}
        }
    }
}

/// Draws the open findings of a unit, against those of the unit that has the most.
pub fn bar(unit: &str, mandatory: usize, verify: usize, most: usize) -> Markup {
    const LONG: usize = 150;
    const TALL: usize = 14;
    let length = |count: usize| count * LONG / most.max(1);
    let (first, second) = (length(mandatory), length(verify));
    html! {
        svg xmlns="http://www.w3.org/2000/svg" role="img" width=(LONG + 30) height=(TALL)
            viewBox=(format!("0 0 {} {TALL}", LONG + 30)) {
            title { (unit) }
            desc { (web::bar(unit, mandatory, verify)) }
            @if mandatory > 0 {
                rect x="0" y="1" width=(first.max(2)) height=(TALL - 2) fill=(MANDATORY)
                    stroke="#333" stroke-width="0.6" {}
            }
            @if verify > 0 {
                rect x=(first) y="1" width=(second.max(2)) height=(TALL - 2) fill=(VERIFY)
                    stroke="#333" stroke-width="0.6" {}
            }
            text x=(first + second + 5) y=(TALL - 3) { (mandatory + verify) }
        }
    }
}
