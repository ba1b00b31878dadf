use super::{FrameHead, Tap};
use crate::observer::Direction::{self, ToApp, ToWindow};

/// A frame as it stands on the wire.
fn frame(first: u8, payload: &[u8], mask: Option<[u8; 4]>) -> Vec<u8> {
    let bit = if mask.is_some() { 0x80 } else { 0 };
    let mut bytes = vec![first];
    match payload.len() {
        length @ 0..=125 => bytes.push(bit | length as u8),
        length @ 126..=65_535 => {
            bytes.push(bit | 126);
            bytes.extend((length as u16).to_be_bytes());
        }
        length => {
            bytes.push(bit | 127);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    bytes.extend(mask.iter().flatten());
    let mask = mask.unwrap_or_default();
    bytes.extend(payload.iter().enumerate().map(|(at, byte)| byte ^ mask[at % 4]));
    bytes
}

fn heard(direction: Direction, bytes: &[u8], step: usize) -> Vec<(FrameHead, Vec<u8>)> {
    let mut tap = Tap::new(direction);
    let mut heard = Vec::new();
    for chunk in bytes.chunks(step) {
        tap.feed(chunk, |head, prefix| heard.push((*head, prefix.to_vec())));
    }
    heard
}

#[test]
fn every_length_is_read_the_same_however_the_bytes_are_cut() {
    let long: Vec<u8> = (0..70_000_u32).map(|at| at as u8).collect();
    let mut bytes = Vec::new();
    let lengths = [0, 1, 125, 126, 127, 255, 256, 257, 65_535, 65_536, 70_000, 3];
    for (at, length) in lengths.into_iter().enumerate() {
        bytes.extend(frame(0x82, &long[..length], Some([1, 2, 3, at as u8])));
    }
    let whole = heard(ToApp, &bytes, bytes.len());
    assert_eq!(
        whole.iter().map(|(head, _)| head.length).collect::<Vec<_>>(),
        lengths.map(|l| l as u64)
    );
    for (head, prefix) in &whole {
        assert_eq!(prefix, &long[..prefix.len()], "the prefix is unmasked");
        assert_eq!(prefix.len() as u64, head.length.min(256));
        assert_eq!((head.opcode, head.fin, head.masked, head.rsv), (2, true, true, 0));
    }
    for step in [1, 2, 3, 7, 13, 255, 4096] {
        assert_eq!(heard(ToApp, &bytes, step), whole, "in chunks of {step}");
    }
}

#[test]
fn fragments_with_a_ping_between_them_and_compression_are_told() {
    let mut bytes = frame(0x42, b"a", None);
    bytes.extend(frame(0x89, b"ping", None));
    bytes.extend(frame(0x00, b"b", None));
    bytes.extend(frame(0x80, b"c", None));
    bytes.extend(frame(0x88, &[3, 232], None));
    let seen = heard(ToWindow, &bytes, 3);
    let heads: Vec<_> = seen.iter().map(|(head, _)| (head.opcode, head.fin, head.rsv)).collect();
    assert_eq!(heads, [(2, false, 4), (9, true, 0), (0, false, 0), (0, true, 0), (8, true, 0)]);
    assert_eq!(seen[4].1, [3, 232]);
}

#[test]
fn goes_silent_after_a_violation() {
    let good = frame(0x82, b"x", None);
    let after =
        |bad: Vec<u8>| heard(ToWindow, &[good.clone(), bad, good.clone()].concat(), 5).len();
    assert_eq!(after(Vec::new()), 2);
    assert_eq!(after(frame(0x83, b"x", None)), 1, "a reserved opcode");
    assert_eq!(after(frame(0x80, b"x", None)), 1, "a continuation of nothing");
    assert_eq!(
        after([frame(0x02, b"x", None), frame(0x81, b"x", None)].concat()),
        2,
        "a message inside another"
    );
    assert_eq!(after(frame(0x09, b"x", None)), 1, "a fragmented ping");
    assert_eq!(after(frame(0x89, &[0; 126], None)), 1, "a long ping");
    assert_eq!(after(frame(0x82, b"x", Some([1; 4]))), 1, "a masked frame from the server");
    assert_eq!(heard(ToApp, &good, 1).len(), 0, "an unmasked frame from the client");
    let mut endless = vec![0x82, 127];
    endless.extend([0xff; 8]);
    assert_eq!(after(endless), 1, "a length with its first bit set");
}

#[test]
fn any_bytes_are_borne() {
    // xorshift: the same input on every run.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for round in 0..2_000 {
        let bytes: Vec<u8> = (0..round % 300)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state as u8
            })
            .collect();
        let direction = if round % 2 == 0 { ToApp } else { ToWindow };
        assert_eq!(heard(direction, &bytes, 1), heard(direction, &bytes, 300));
    }
}
