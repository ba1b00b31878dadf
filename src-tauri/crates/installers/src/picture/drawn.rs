use sha2::{Digest as _, Sha256};

/// Pairs of colours that white stands out on: the upper left corner and the lower right one.
const GROUNDS: [(&str, &str); 10] = [
    ("#4f7cff", "#2546c4"),
    ("#2aa5a0", "#0f6a73"),
    ("#f0764a", "#c23f2b"),
    ("#8f6bf2", "#5a36bf"),
    ("#35a46b", "#17704a"),
    ("#e3578f", "#a92b67"),
    ("#d99a1c", "#a8640c"),
    ("#5b6b86", "#35425a"),
    ("#1f9ad6", "#1262a3"),
    ("#b35ccc", "#77309a"),
];

/// A rounded square with the first letter of `name`, as SVG.
pub(super) fn svg(name: &str) -> String {
    let (light, dark) = ground(name);
    let sign = match letter(name).and_then(strokes) {
        Some(strokes) => format!(
            "<g transform='translate(151 136) scale(3.5 3)' fill='none' stroke='#fff' \
             stroke-width='13' stroke-linecap='round' stroke-linejoin='round'>\
             <path d='{strokes}'/></g>"
        ),
        // No letter to draw: three bars, as of a chart.
        None => "<g fill='#fff'><rect x='136' y='272' width='64' height='104' rx='20'/>\
                 <rect x='224' y='200' width='64' height='176' rx='20'/>\
                 <rect x='312' y='136' width='64' height='240' rx='20'/></g>"
            .to_owned(),
    };
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='512' height='512' viewBox='0 0 512 512'>\
         <defs><linearGradient id='g' x1='0' y1='0' x2='1' y2='1'>\
         <stop offset='0' stop-color='{light}'/><stop offset='1' stop-color='{dark}'/>\
         </linearGradient></defs>\
         <rect x='24' y='24' width='464' height='464' rx='108' fill='url(#g)'/>\
         <rect x='27' y='27' width='458' height='458' rx='105' fill='none' stroke='#fff' \
         stroke-opacity='.18' stroke-width='6'/>{sign}</svg>"
    )
}

fn ground(name: &str) -> (&'static str, &'static str) {
    let digest = Sha256::digest(name.as_bytes());
    GROUNDS[usize::from(digest[0]) % GROUNDS.len()]
}

/// The first letter or digit, as the nearest one that we can draw: `É` as `E`, `Ж` as `Z`.
fn letter(name: &str) -> Option<char> {
    let first = name.chars().find(|c| c.is_alphanumeric())?;
    let latin = deunicode::deunicode_char(first)?;
    latin.chars().find(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase())
}

/// A letter as strokes of a pen, in a box of 60 by 80. No font is needed, and none is copied.
fn strokes(letter: char) -> Option<&'static str> {
    Some(match letter {
        'A' => "M3 80 L30 0 L57 80 M13 52 H47",
        'B' => "M8 38 H32 A19 19 0 0 0 32 0 H8 V80 H34 A21 21 0 0 0 34 38",
        'C' => "M55 19.7 A29 40 0 1 0 55 60.3",
        'D' => "M8 0 H22 A34 40 0 0 1 22 80 H8 Z",
        'E' => "M52 0 H9 V80 H52 M9 39 H44",
        'F' => "M53 0 H10 V80 M10 40 H45",
        'G' => "M55 19.7 A29 40 0 1 0 55 60.3 V44 H36",
        'H' => "M6 0 V80 M54 0 V80 M6 40 H54",
        'I' => "M30 0 V80",
        'J' => "M46 0 V56 A20 24 0 0 1 6 58",
        'K' => "M8 0 V80 M53 0 L8 46 M24 31 L54 80",
        'L' => "M10 0 V80 H52",
        'M' => "M1 80 V0 L30 48 L59 0 V80",
        'N' => "M6 80 V0 L54 80 V0",
        'O' => "M30 0 A29 40 0 1 1 29.9 0 Z",
        'P' => "M9 80 V0 H32 A22 22 0 0 1 32 44 H9",
        'Q' => "M30 0 A29 40 0 1 1 29.9 0 Z M36 56 L56 82",
        'R' => "M8 80 V0 H32 A22 22 0 0 1 32 44 H8 M30 44 L54 80",
        'S' => {
            "M52 14 C46 4 38 0 30 0 C17 0 9 8 9 19 C9 46 54 32 54 60 C54 72 44 80 30 80 C20 80 11 75 6 65"
        }
        'T' => "M3 0 H57 M30 0 V80",
        'U' => "M6 0 V53 A24 27 0 0 0 54 53 V0",
        'V' => "M3 0 L30 80 L57 0",
        'W' => "M-4 0 L13 80 L30 22 L47 80 L64 0",
        'X' => "M5 0 L55 80 M55 0 L5 80",
        'Y' => "M4 0 L30 40 L56 0 M30 40 V80",
        'Z' => "M6 0 H54 L6 80 H54",
        '0' => "M30 0 A24 40 0 1 1 29.9 0 Z",
        '1' => "M14 18 L34 0 V80",
        '2' => "M8 20 C10 -7 52 -7 52 22 C52 42 26 54 8 80 H54",
        '3' => "M8 10 C20 -6 52 -3 51 20 C51 32 40 38 27 38 C42 38 54 46 54 59 C54 85 16 87 6 66",
        '4' => "M44 80 V0 L5 57 H57",
        '5' => "M51 0 H14 L10 36 C24 27 54 29 54 54 C54 82 20 88 6 68",
        '6' => "M48 4 C26 12 6 36 6 56 A24 24 0 1 0 54 56 A24 24 0 0 0 6 56",
        '7' => "M5 0 H55 L22 80",
        '8' => "M30 0 A20 19 0 1 1 29.9 0 Z M30 38 A24 21 0 1 1 29.9 38 Z",
        '9' => "M12 76 C34 68 54 44 54 24 A24 24 0 1 0 6 24 A24 24 0 0 0 54 24",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_and_digit_can_be_drawn() {
        for c in ('A'..='Z').chain('0'..='9') {
            assert!(strokes(c).is_some(), "{c}");
        }
    }

    #[test]
    fn names_in_any_script_get_a_letter_or_a_chart() {
        for (name, expected) in
            [("hello", Some('H')), ("  «Élan»", Some('E')), ("7 days", Some('7')), ("…", None)]
        {
            assert_eq!(letter(name), expected, "{name}");
        }
        assert!(letter("Жизнь").is_some());
        assert!(letter("数据").is_some());
    }
}
