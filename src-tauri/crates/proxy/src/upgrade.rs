use std::time::Duration;

use http::{Request, Response, StatusCode};
use hyper::body::Incoming;

use crate::body::{Body, empty, streamed};
use crate::forward::homeward;
use crate::observer::UpstreamFailure;
use crate::pool::{failure, open_for_upgrade};
use crate::server::Tasks;
use crate::upstream::Address;

/// Asks the app to switch protocols, on a connection of its own.
///
/// # Errors
///
/// When there is no connection, or no answer within `timeout`.
pub(crate) async fn ask(
    request: Request<Body>,
    address: &Address,
    tasks: &Tasks,
    timeout: Duration,
) -> Result<Response<Incoming>, UpstreamFailure> {
    let exchange = async {
        let mut sender = open_for_upgrade(address, tasks).await?;
        sender.send_request(request).await.map_err(|error| failure(&error))
    };
    tokio::time::timeout(timeout, exchange).await.unwrap_or(Err(UpstreamFailure::TimedOut))
}

/// The app's answer as the window gets it: 101 with every field, since `Connection` and `Upgrade`
/// are what it says; anything else as an ordinary answer.
pub(crate) fn relayed(answer: Response<Incoming>) -> Response<Body> {
    if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
        answer.map(|_| empty())
    } else {
        homeward(answer, streamed)
    }
}
