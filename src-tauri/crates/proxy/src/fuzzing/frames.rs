use crate::frames::{FrameHead, Tap};
use crate::observer::Direction;

/// How much of a payload an observer gets, see [`crate::Observer::frame`].
const PREFIX: usize = 256;

type Seen = Vec<(FrameHead, Vec<u8>)>;

/// The frame tap: the first byte is the direction, the next two say how the rest is cut.
///
/// The cuts must not matter, and what is seen must be what [`decoded`] finds.
pub fn frames(data: &[u8]) {
    let [direction, first, second, stream @ ..] = data else { return };
    let direction = if direction & 1 == 0 { Direction::ToApp } else { Direction::ToWindow };
    let whole = tapped(direction, [stream]);
    assert_eq!(whole, decoded(direction, stream));
    let sizes = [usize::from(*first) + 1, usize::from(*second) + 1];
    let mut rest = stream;
    let pieces = sizes.into_iter().cycle().map_while(|size| {
        let (piece, after) = rest.split_at_checked(size).unwrap_or((rest, &[]));
        rest = after;
        (!piece.is_empty()).then_some(piece)
    });
    assert_eq!(tapped(direction, pieces), whole);
    assert_eq!(tapped(direction, stream.chunks(1)), whole);
}

fn tapped<'a>(direction: Direction, pieces: impl IntoIterator<Item = &'a [u8]>) -> Seen {
    let mut tap = Tap::new(direction);
    let mut seen = Vec::new();
    for piece in pieces {
        tap.feed(piece, |head, prefix| seen.push((*head, prefix.to_vec())));
    }
    seen
}

/// RFC 6455 section 5 over a whole stream, as plainly as possible: every frame whose prefix is
/// there, up to the first one that breaks a rule.
fn decoded(direction: Direction, mut stream: &[u8]) -> Seen {
    let mut seen = Vec::new();
    let mut open = false;
    while let Some((head, mask, size)) = head(stream) {
        let control = head.opcode >= 8;
        let known = matches!(head.opcode, 0 | 1 | 2 | 8 | 9 | 10);
        let in_order = control || open == (head.opcode == 0);
        let small = !control || (head.fin && head.length < 126);
        let right_mask = head.masked == (direction == Direction::ToApp);
        if !known || !in_order || !small || !right_mask || head.length >> 63 != 0 {
            break;
        }
        let wanted = head.length.min(PREFIX as u64) as usize;
        let Some(prefix) = stream.get(size..size + wanted) else { break };
        let prefix = prefix.iter().zip(mask.iter().cycle()).map(|(byte, key)| byte ^ key);
        seen.push((head, prefix.collect()));
        if !control {
            open = !head.fin;
        }
        let after = (size as u64).saturating_add(head.length);
        stream = usize::try_from(after).ok().and_then(|at| stream.get(at..)).unwrap_or_default();
    }
    seen
}

/// The head at the beginning, its mask, and its size.
fn head(bytes: &[u8]) -> Option<(FrameHead, [u8; 4], usize)> {
    let (first, second) = (*bytes.first()?, *bytes.get(1)?);
    let (length, size) = match second & 127 {
        126 => (u64::from(u16::from_be_bytes(*bytes.get(2..)?.first_chunk()?)), 4),
        127 => (u64::from_be_bytes(*bytes.get(2..)?.first_chunk()?), 10),
        length => (u64::from(length), 2),
    };
    let masked = second > 127;
    let (mask, size) = match masked {
        true => (*bytes.get(size..)?.first_chunk()?, size + 4),
        false => ([0; 4], size),
    };
    let rsv = (first & 0x70) / 16;
    let head = FrameHead { opcode: first & 15, fin: first > 127, length, masked, rsv };
    Some((head, mask, size))
}
