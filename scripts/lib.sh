# shellcheck shell=bash
# Common parts of the scripts. Sourced, not run.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/waterskin"
# Outside the tree, so that a fresh clone finds what an earlier one built.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$cache/target}"
# Of `scripts/check-targets` and `scripts/test-windows`: another compiler than the build's would have both compile all again, in turn.
targets_check="$cache/targets-check"
export CARGO_TERM_COLOR="${CARGO_TERM_COLOR:-auto}"

least_rust=1.95.0
least_node=18.19.0

if [ -t 2 ] && [ -z "${NO_COLOR:-}" ]; then
  bold=$'\033[1m' faint=$'\033[2m' red=$'\033[31m' plain=$'\033[0m'
else
  bold='' faint='' red='' plain=''
fi

# What is said goes to stderr, so that a caller can use what a script prints.
say() { printf '%s==> %s%s\n' "$bold" "$*" "$plain" >&2; }
note() { printf '    %s%s%s\n' "$faint" "$*" "$plain" >&2; }

# fail MESSAGE [HINT]
fail() {
  printf '%serror:%s %s\n' "$red$bold" "$plain" "$1" >&2
  if [ "${2:-}" ]; then printf '%shint:%s %s\n' "$bold" "$plain" "$2" >&2; fi
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif have sudo; then
    sudo "$@"
  else
    fail "\`$*\` needs root, and there is no \`sudo\`" "run it as root, then this script again"
  fi
}

# at_least WANTED GIVEN: whether version GIVEN is WANTED or newer
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

# The first version number that a program prints, or nothing.
version_of() { "$@" 2>/dev/null | grep -oE '[0-9]+(\.[0-9]+)+' | head -n 1 || true; }

rust_is_new_enough() {
  local version
  have cargo && have rustc || return 1
  version="$(version_of rustc --version)"
  [ "$version" ] && at_least "$least_rust" "$version" && [ "$(version_of cargo --version)" ]
}

node_is_new_enough() {
  local version
  have node && have npm || return 1
  version="$(version_of node --version)"
  [ "$version" ] && at_least "$least_node" "$version" && [ "$(version_of npm --version)" ]
}

# Puts the tools that `scripts/setup` keeps in the cache, or that rustup keeps, on the path.
find_tools() {
  local programs
  case ":$PATH:" in *":$cache/bin:"*) ;; *) export PATH="$cache/bin:$PATH" ;; esac
  # A root without these can't have dpkg install anything.
  case ":$PATH:" in *:/usr/sbin:*) ;; *) export PATH="$PATH:/usr/sbin:/sbin" ;; esac
  if ! have cargo && [ -x "$HOME/.cargo/bin/cargo" ]; then export PATH="$HOME/.cargo/bin:$PATH"; fi
  # rustup looks for its toolchains under HOME. With another HOME they are still beside its programs.
  if [ -z "${RUSTUP_HOME:-}" ] && [ ! -d "$HOME/.rustup" ] && have rustup; then
    programs="$(dirname "$(command -v rustup)")"
    if [ -d "$programs/../../.rustup" ]; then
      RUSTUP_HOME="$(cd "$programs/../../.rustup" && pwd)"
      export RUSTUP_HOME
    fi
  fi
}

# packages_missing NAME...: those of the Debian packages that are not installed
packages_missing() {
  local name
  for name in "$@"; do
    # A transitional or virtual package counts when something installed provides it.
    dpkg-query -W -f='${db:Status-Abbrev}' "$name" 2>/dev/null | grep -q '^.i' || echo "$name"
  done
}

# install_packages NAME...: installs the missing ones of the Debian packages
install_packages() {
  local missing
  have dpkg-query || fail "this is neither Debian nor Ubuntu" "install by hand: $*"
  mapfile -t missing < <(packages_missing "$@")
  if [ "${#missing[@]}" = 0 ]; then return; fi
  say "Installing ${missing[*]}"
  if [ -z "${apt_updated:-}" ]; then
    apt_get update
    apt_updated=1
  fi
  apt_get install -y --no-install-recommends "${missing[@]}"
}

# Installs packages without having the system start the servers in them.
install_idle() {
  local policy=/usr/sbin/policy-rc.d ours='' status=0
  if [ "$(packages_missing "$@")" ] && [ ! -e "$policy" ]; then
    ours="$(mktemp)"
    printf '#!/bin/sh\nexit 101\n' >"$ours"
    as_root install -m 755 "$ours" "$policy"
    rm -f "$ours"
  fi
  (install_packages "$@") || status=$?
  if [ "$ours" ]; then as_root rm -f "$policy"; fi
  return "$status"
}

# Runs apt-get without questions. On a terminal it shows its progress, elsewhere only what failed.
apt_get() {
  local log status=0
  if [ -t 2 ]; then
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q "$@" >&2
    return
  fi
  log="$(mktemp)"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" >"$log" 2>&1 || status=$?
  if [ "$status" != 0 ]; then tail -n 20 "$log" >&2; fi
  rm -f "$log"
  return "$status"
}

# The newest version of a package that apt could install, or nothing.
package_candidate() {
  LC_ALL=C apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: *\([0-9].*\)/\1/p'
}

# Debian's compiler comes with its standard library's source, which is compiled for each target.
# debian_rust: installs them where they are to be had, and has Cargo use them.
debian_rust() {
  local candidate
  have apt-cache || return 1
  candidate="$(package_candidate rust-web-src)"
  [ "$candidate" ] && at_least "$least_rust" "${candidate%%[+~-]*}" || return 1
  install_packages rustc-web cargo-web rust-web-src
  [ -x /usr/bin/cargo ] && at_least "$least_rust" "$(version_of /usr/bin/rustc --version)" || return 1
  export RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc RUSTC_BOOTSTRAP=1
}

# The linker for Windows, which compiles C as well.
windows_linker() {
  have x86_64-w64-mingw32-gcc || install_packages gcc-mingw-w64-x86-64
  export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER=x86_64-w64-mingw32-gcc
}

# changed STAMP FILE...: whether the files differ from when `stamp STAMP FILE...` was run
changed() { [ "$(digest "${@:2}")" != "$(cat "$1" 2>/dev/null)" ]; }
stamp() { digest "${@:2}" >"$1"; }
digest() { sha256sum -- "$@" | sha256sum; }

# The versions of Streamlit that the tests run on, the oldest first.
tested_streamlits() {
  sed -n 's/^pub const TESTED: .* = \[\(.*\)\];$/\1/p' "$root/src-tauri/crates/streamlit/src/version.rs" |
    tr -d '",'
}

# own_target before|after: makes the target folders this clone's, around all that compiles. Where a
# script runs another, it is the outer one that does it.
own_target() {
  if [ "${WATERSKIN_OWNED:-$$}" != $$ ]; then return; fi
  if [ "$1" = after ] && [ -z "${WATERSKIN_OWNED:-}" ]; then return; fi
  export WATERSKIN_OWNED=$$
  python3 "$root/scripts/own_target.py" "$1" "$cache/sources.json" "$CARGO_TARGET_DIR" "$targets_check"
}

find_tools
cd "$root" || exit
