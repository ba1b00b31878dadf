/// A program for macOS that has all that matters here, of `pages` pages of code.
pub fn program(pages: usize, signature: Option<&[u8]>) -> Vec<u8> {
    let segment = |name: &str, offset: u64, length: u64, sections: &[u32]| {
        let mut bytes = [0x19_u32, 72 + 80 * sections.len() as u32].map(u32::to_le_bytes).concat();
        bytes.extend(name.bytes().chain(std::iter::repeat(0)).take(16));
        bytes.extend([offset, length, offset, length].map(u64::to_le_bytes).concat());
        bytes.extend([5_u32, 5, sections.len() as u32, 0].map(u32::to_le_bytes).concat());
        for offset in sections {
            bytes.extend([0; 48]);
            bytes.extend(offset.to_le_bytes());
            bytes.extend([0; 28]);
        }
        bytes
    };
    let code = 4096 * pages as u64;
    let mut commands = segment("__TEXT", 0, code, &[1024]);
    commands.extend(segment(
        "__LINKEDIT",
        code,
        100 + signature.map_or(0, |it| it.len() as u64 + 12),
        &[],
    ));
    let mut count = 2;
    if let Some(signature) = signature {
        count += 1;
        let start = code + 112;
        commands.extend(
            [0x1d, 16, start as u32, signature.len() as u32].map(u32::to_le_bytes).concat(),
        );
    }
    let mut file = [0xfeed_facf, 0x0100_000c, 0, 2, count, commands.len() as u32, 0, 0]
        .map(u32::to_le_bytes)
        .concat();
    file.extend(commands);
    file.resize(code as usize, 7);
    file.extend([9; 100]);
    if let Some(signature) = signature {
        file.extend([0; 12]);
        file.extend(signature);
    }
    file
}
