//! Whether the page may use the camera and the microphone.

use waterskin_words::Words;

use super::{
    choices::{Choices, Device},
    notice::Notice,
};

/// What becomes of a page's request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It may.
    Allow,
    /// It may not.
    Deny,
    /// The person has not been asked yet.
    Ask,
}

/// Answers by what was chosen before. A request for nothing that the shell knows is refused.
pub fn answer(choices: &Choices, devices: &[Device]) -> Answer {
    let chosen: Vec<_> = devices.iter().map(|device| choices.devices.get(device)).collect();
    if chosen.is_empty() || chosen.contains(&Some(&false)) {
        Answer::Deny
    } else if chosen.contains(&None) {
        Answer::Ask
    } else {
        Answer::Allow
    }
}

/// What the person is asked.
pub fn question(words: &Words, app: &str, devices: &[Device]) -> String {
    let key = one_of(devices, ["ask-camera", "ask-microphone", "ask-both"]);
    words.tell(key, &[("app", app)])
}

/// Tells that a page may not use what the person refused before: nobody asks again.
pub fn refused(words: &Words, choices: &Choices, devices: &[Device]) -> Notice {
    let refused = |device: &&Device| choices.devices.get(device) == Some(&false);
    let refused: Vec<_> = devices.iter().filter(refused).copied().collect();
    let titles = ["device-refused-camera", "device-refused-microphone", "device-refused-both"];
    Notice {
        title: words.say(one_of(&refused, titles)),
        text: words.say("device-refused"),
        passing: true,
    }
}

/// Tells that what a page would like to use is not there.
#[cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, reason = "the script in the page says so itself (`inpage`)")
)]
pub fn missing(words: &Words, devices: &[Device]) -> Notice {
    let titles = ["device-missing-camera", "device-missing-microphone", "device-missing-both"];
    Notice {
        title: words.say(one_of(devices, titles)),
        text: words.say("device-missing"),
        passing: true,
    }
}

/// The key of the words about these devices.
fn one_of(devices: &[Device], [camera, microphone, both]: [&'static str; 3]) -> &'static str {
    match devices {
        [Device::Camera] => camera,
        [Device::Microphone] => microphone,
        _ => both,
    }
}

#[cfg(test)]
mod tests {
    use waterskin_words::Language;

    use super::*;

    #[test]
    fn what_was_refused_stays_refused_and_what_is_new_is_asked() {
        use Device::{Camera, Microphone};
        let chosen = |devices: &[(Device, bool)]| Choices {
            devices: devices.iter().copied().collect(),
            ..Choices::default()
        };
        for (choices, devices, expected) in [
            (chosen(&[]), &[Camera][..], Answer::Ask),
            (chosen(&[(Camera, true)]), &[Camera], Answer::Allow),
            (chosen(&[(Camera, true)]), &[Camera, Microphone], Answer::Ask),
            (chosen(&[(Camera, false)]), &[Camera, Microphone], Answer::Deny),
            (chosen(&[(Camera, true), (Microphone, true)]), &[Camera, Microphone], Answer::Allow),
            (chosen(&[(Camera, true)]), &[], Answer::Deny),
        ] {
            assert_eq!(answer(&choices, devices), expected, "{choices:?} {devices:?}");
        }
    }

    #[test]
    fn the_question_names_the_app() {
        for devices in
            [&[Device::Camera][..], &[Device::Microphone], &[Device::Camera, Device::Microphone]]
        {
            assert!(question(&Words::of(Language::French), "Été", devices).contains("Été"));
        }
    }

    #[test]
    fn what_a_page_does_not_get_is_named() {
        use Device::{Camera, Microphone};
        let words = Words::of(Language::English);
        let choices = Choices {
            devices: [(Camera, true), (Microphone, false)].into_iter().collect(),
            ..Choices::default()
        };
        let notice = refused(&words, &choices, &[Camera, Microphone]);
        assert_eq!(notice.title, "The microphone is not allowed");
        assert_eq!(missing(&words, &[Camera]).title, "No camera was found");
        let both = missing(&words, &[Camera, Microphone]);
        assert_eq!(both.title, "No camera and microphone were found");
    }
}
