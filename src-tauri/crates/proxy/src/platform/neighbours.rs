use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::OwnedFd;

use rustix::io::{Errno, Result};
use rustix::net::netlink::{SOCK_DIAG, SocketAddrNetlink};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, sendto, socket_with,
};
use rustix::process::geteuid;

use crate::owner::Owner;

/// `NLMSG_ERROR` of `netlink(7)`.
const ERROR: u16 = 2;

/// `SOCK_DIAG_BY_FAMILY` of `sock_diag(7)`.
const BY_FAMILY: u16 = 20;

/// The length of a request: `nlmsghdr` and `inet_diag_req_v2`.
const REQUEST: usize = 72;

/// Tells whose the programs at the other ends of connections within this machine are.
///
/// By one question to the kernel for one socket: `/proc/net/tcp` would be the same, after a walk
/// over all sockets that there are.
#[derive(Debug)]
pub(crate) struct Neighbours {
    kernel: Option<OwnedFd>,
    asked: u32,
    me: u32,
}

/// A TCP socket as the kernel describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Socket {
    local: SocketAddr,
    remote: SocketAddr,
    user: u32,
    /// 0 once no program has it any more.
    inode: u32,
}

impl Neighbours {
    /// Opens the way to the kernel, once: when there are no more descriptors it would be too late.
    pub(crate) fn new() -> Self {
        let flags = SocketFlags::CLOEXEC;
        let opened = socket_with(AddressFamily::NETLINK, SocketType::DGRAM, flags, Some(SOCK_DIAG));
        let kernel = opened
            .inspect_err(|error| tracing::info!(%error, "nobody tells whose a connection is"));
        Self { kernel: kernel.ok(), asked: 0, me: geteuid().as_raw() }
    }

    /// Whether the connection from `peer` to `local` is another user's.
    pub(crate) fn is_foreign(&mut self, local: SocketAddr, peer: SocketAddr) -> bool {
        self.owner(local, peer).is_foreign(self.me)
    }

    fn owner(&mut self, local: SocketAddr, peer: SocketAddr) -> Owner {
        match self.socket(peer, local) {
            Ok(Some(it)) if (it.local, it.remote) == (peer, local) && it.inode != 0 => {
                Owner::User(it.user)
            }
            // Or one that listens on that port, which is what the kernel finds in its place.
            Ok(Some(_)) => Owner::Gone,
            // A kernel without this for TCP answers in the same way. One that has it finds our end,
            // or the socket that we listen on.
            Ok(None) => match self.socket(local, peer) {
                Ok(Some(_)) => Owner::Gone,
                Ok(None) | Err(_) => Owner::Untold,
            },
            Err(_) => Owner::Untold,
        }
    }

    /// The socket of this machine that is at `local` and connected to `remote`.
    fn socket(&mut self, local: SocketAddr, remote: SocketAddr) -> Result<Option<Socket>> {
        let kernel = self.kernel.as_ref().ok_or(Errno::NOTSUP)?;
        self.asked = self.asked.wrapping_add(1);
        let question = question(self.asked, local, remote);
        sendto(kernel, &question, SendFlags::empty(), &SocketAddrNetlink::new(0, 0))?;
        let mut answer = [0; 1024];
        loop {
            // The kernel has answered by now.
            let (length, _) = recv(kernel, &mut answer, RecvFlags::DONTWAIT)?;
            let answer = &answer[..length];
            // One to a question that was given up is of no interest.
            if number(answer, 8) == Some(self.asked) {
                return understand(answer);
            }
        }
    }
}

/// See `sock_diag(7)`; ports and addresses are in the order of the network, the rest in the machine's.
fn question(number: u32, local: SocketAddr, remote: SocketAddr) -> Vec<u8> {
    let family = if local.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let mut text = Vec::with_capacity(REQUEST);
    text.extend((REQUEST as u32).to_ne_bytes());
    text.extend(BY_FAMILY.to_ne_bytes());
    // `NLM_F_REQUEST`
    text.extend(1_u16.to_ne_bytes());
    text.extend(number.to_ne_bytes());
    text.extend(0_u32.to_ne_bytes());
    // `IPPROTO_TCP`; nothing but the message itself; in any state.
    text.extend([family.as_raw().to_le_bytes()[0], 6, 0, 0]);
    text.extend(u32::MAX.to_ne_bytes());
    text.extend(local.port().to_be_bytes());
    text.extend(remote.port().to_be_bytes());
    for address in [local.ip(), remote.ip()] {
        text.extend(sixteen(address));
    }
    // Any interface, and no cookie of the kernel's.
    text.extend(0_u32.to_ne_bytes());
    text.extend(u64::MAX.to_ne_bytes());
    text
}

fn sixteen(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(address) => {
            let mut all = [0; 16];
            all[..4].copy_from_slice(&address.octets());
            all
        }
        IpAddr::V6(address) => address.octets(),
    }
}

/// `nlmsghdr`, then `inet_diag_msg` or an error. `None`: there is no such socket.
fn understand(answer: &[u8]) -> Result<Option<Socket>> {
    let kind = answer.get(4..6).and_then(|it| it.try_into().ok()).map(u16::from_ne_bytes);
    match kind {
        Some(BY_FAMILY) => described(answer).map(Some).ok_or(Errno::BADMSG),
        Some(ERROR) => {
            let code = number(answer, 16).unwrap_or_default().cast_signed();
            match Errno::from_raw_os_error(-code) {
                Errno::NOENT => Ok(None),
                error => Err(error),
            }
        }
        _ => Err(Errno::BADMSG),
    }
}

fn described(answer: &[u8]) -> Option<Socket> {
    let is_v4 = u16::from(*answer.get(16)?) == AddressFamily::INET.as_raw();
    let place = |port: usize, address: usize| {
        let port = u16::from_be_bytes(answer.get(port..port + 2)?.try_into().ok()?);
        let bytes: [u8; 16] = answer.get(address..address + 16)?.try_into().ok()?;
        let [a, b, c, d, ..] = bytes;
        let address = match is_v4 {
            true => Ipv4Addr::new(a, b, c, d).into(),
            // A socket of the newer family may speak the older one.
            false => IpAddr::from(Ipv6Addr::from(bytes)).to_canonical(),
        };
        Some(SocketAddr::new(address, port))
    };
    Some(Socket {
        local: place(20, 24)?,
        remote: place(22, 40)?,
        user: number(answer, 80)?,
        inode: number(answer, 84)?,
    })
}

fn number(answer: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(answer.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    /// Of a connection, or nothing where the kernel does not tell (as in some containers).
    fn asked(connect: &str, listen: &str) -> Option<(Owner, Owner)> {
        let listener = TcpListener::bind(listen).unwrap();
        let port = listener.local_addr().unwrap().port();
        let client = TcpStream::connect(connect.replace("PORT", &port.to_string())).unwrap();
        let (server, peer) = listener.accept().unwrap();
        let local = server.local_addr().unwrap();
        let mut neighbours = Neighbours::new();
        let open = neighbours.owner(local, peer);
        if open == Owner::Untold {
            println!("skipped: this kernel can't tell");
            return None;
        }
        drop(client);
        Some((open, neighbours.owner(local, peer)))
    }

    #[test]
    fn the_other_end_of_a_connection_is_the_users_until_it_is_closed() {
        let me = Owner::User(geteuid().as_raw());
        for (connect, listen) in [
            ("127.0.0.1:PORT", "127.0.0.1:0"),
            ("[::1]:PORT", "[::1]:0"),
            ("[::ffff:127.0.0.1]:PORT", "127.0.0.1:0"),
        ] {
            let Some(asked) = asked(connect, listen) else { return };
            assert_eq!(asked, (me, Owner::Gone), "{connect}");
        }
    }

    #[test]
    fn a_socket_that_listens_where_the_other_end_was_is_not_taken_for_it() {
        let [local, other] = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let [local, other] = [&local, &other].map(|it| it.local_addr().unwrap());
        let owner = Neighbours::new().owner(local, other);
        assert!(matches!(owner, Owner::Gone | Owner::Untold), "{owner:?}");
    }

    #[test]
    fn what_is_no_answer_is_understood_as_none() {
        assert_eq!(understand(&[]), Err(Errno::BADMSG));
        assert_eq!(understand(&[0; 88]), Err(Errno::BADMSG));
        let mut error = [0; 20];
        error[4..6].copy_from_slice(&ERROR.to_ne_bytes());
        error[16..20].copy_from_slice(&(-2_i32).to_ne_bytes());
        assert_eq!(understand(&error), Ok(None));
        error[16..20].copy_from_slice(&(-1_i32).to_ne_bytes());
        assert_eq!(understand(&error), Err(Errno::PERM));
        let mut cut = [0; 60];
        cut[4..6].copy_from_slice(&BY_FAMILY.to_ne_bytes());
        assert_eq!(understand(&cut), Err(Errno::BADMSG));
    }
}
