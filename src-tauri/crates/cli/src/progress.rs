use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use waterskin_bundle::Target;
use waterskin_packager::{Progress, Step};

use crate::interrupt::Interrupt;

/// Shows a build on a terminal: a bar for the step at work, a line for each that is over. Without
/// a terminal only the lines are left, and with `quiet` nothing is.
///
/// A build tells of its progress all the time, so this is also where an interruption ends it.
pub struct Bars {
    current: Mutex<Option<Current>>,
    /// The name of the system that the work is for, with what comes after it; empty where there is one.
    target: Mutex<String>,
    quiet: bool,
    interrupt: Interrupt,
}

struct Current {
    step: Step,
    title: String,
    begun: Instant,
    bar: ProgressBar,
}

impl Bars {
    /// Shows everything, or nothing.
    pub fn new(quiet: bool, interrupt: Interrupt) -> Self {
        Self { current: Mutex::new(None), target: Mutex::default(), quiet, interrupt }
    }

    /// Ends the last step.
    pub fn finish(&self) {
        if let Some(current) = self.current.lock().ok().and_then(|mut current| current.take()) {
            self.close(&current);
        }
    }

    /// Ends the last step without saying that it is done.
    pub fn abandon(&self) {
        if let Some(current) = self.current.lock().ok().and_then(|mut current| current.take()) {
            current.bar.finish_and_clear();
        }
    }

    fn close(&self, current: &Current) {
        current.bar.finish_and_clear();
        if !self.quiet {
            let seconds = current.begun.elapsed().as_secs_f64();
            anstream::eprintln!("  {} ({seconds:.1} s)", current.title);
        }
    }
}

impl Progress for Bars {
    fn target(&self, target: &Target) {
        // The last step was for another system.
        self.finish();
        if let Ok(mut name) = self.target.lock() {
            *name = format!("{}: ", target.name());
        }
    }

    fn step(&self, step: Step, total: Option<u64>) {
        self.interrupt.check();
        let Ok(mut current) = self.current.lock() else { return };
        let mut begun = Instant::now();
        match current.take() {
            // It goes on, and now perhaps knows how long it is.
            Some(same) if same.step == step => {
                begun = same.begun;
                same.bar.finish_and_clear();
            }
            Some(previous) => self.close(&previous),
            None => {}
        }
        let target =
            if self.quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(total, target);
        let template = match (total, step) {
            (None, _) => "{spinner} {msg} {elapsed}",
            (Some(_), Step::Installer(_)) => "{spinner} {msg} {bar:24} {bytes}/{total_bytes}",
            (Some(_), _) => "{spinner} {msg} {bar:24} {pos}/{len}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸─"));
        }
        let title = self.target.lock().map(|name| format!("{name}{}", step.title()));
        let title = title.unwrap_or_else(|_| step.title().into_owned());
        bar.set_message(title.clone());
        bar.enable_steady_tick(Duration::from_millis(100));
        *current = Some(Current { step, title, begun, bar });
    }

    fn advance(&self, units: u64) {
        self.interrupt.check();
        if let Ok(current) = self.current.lock()
            && let Some(current) = current.as_ref()
        {
            current.bar.inc(units);
        }
    }

    fn note(&self, text: &str) {
        if self.quiet {
            return;
        }
        let line = || anstream::eprintln!("  note: {text}");
        match self.current.lock().as_deref() {
            Ok(Some(current)) => current.bar.suspend(line),
            _ => line(),
        }
    }
}
