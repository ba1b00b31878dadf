use waterskin_bundle::Target;

/// A kind of processor, in RPM's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Architecture {
    /// The end of a package's file name.
    pub name: &'static str,
    /// What stands in brackets behind a package's name where only this kind of it will do
    /// (`isa` in rpm's own file `rpmrc`).
    pub isa: &'static str,
    /// What stands behind the name of a library: nothing where the processor has 32 bits.
    pub marker: &'static str,
}

impl Architecture {
    /// That of a target; `None` where RPM has none.
    pub fn of(target: &Target) -> Option<Self> {
        const WIDE: &str = "(64bit)";
        let (name, isa, marker) = match target.processor() {
            "x86_64" => ("x86_64", "x86-64", WIDE),
            "aarch64" => ("aarch64", "aarch-64", WIDE),
            "i586" | "i686" => ("i686", "x86-32", ""),
            "armv7" => ("armv7hl", "armv7hl-32", ""),
            "riscv64gc" => ("riscv64", "riscv-64", WIDE),
            "powerpc64le" => ("ppc64le", "ppc-64", WIDE),
            "s390x" => ("s390x", "s390-64", WIDE),
            _ => return None,
        };
        Some(Self { name, isa, marker })
    }

    /// What a package asks for that needs a library, by the library's own name: it is the same on every
    /// distribution, while the names of packages are not.
    pub fn library(&self, name: &str) -> String {
        match self.marker {
            "" => name.to_owned(),
            marker => format!("{name}(){marker}"),
        }
    }

    /// The same, of the C library that has the symbols of a version.
    pub fn c_library(&self, version: &str) -> String {
        match version {
            "" => self.library("libc.so.6"),
            version => format!("libc.so.6(GLIBC_{version}){}", self.marker),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_named_as_rpm_finds_them_in_programs() {
        let of = |triple| Architecture::of(&Target::of(triple)).unwrap();
        let wide = of("x86_64-unknown-linux-gnu");
        assert_eq!(wide.library("libgtk-3.so.0"), "libgtk-3.so.0()(64bit)");
        assert_eq!(wide.c_library("2.28"), "libc.so.6(GLIBC_2.28)(64bit)");
        assert_eq!(wide.c_library(""), "libc.so.6()(64bit)");
        let narrow = of("i686-unknown-linux-gnu");
        assert_eq!(narrow.library("libgtk-3.so.0"), "libgtk-3.so.0");
        assert_eq!(narrow.c_library("2.28"), "libc.so.6(GLIBC_2.28)");
        assert_eq!(Architecture::of(&Target::of("m68k-unknown-linux-gnu")), None);
    }
}
