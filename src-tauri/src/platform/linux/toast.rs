//! The notice about a download, at the lower right of the page.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use gtk::{glib, prelude::*};
use waterskin_words::Words;
use webkit2gtk::WebView;

use super::{card, column};
use crate::model::downloads::{State, Transfer};

/// How long a notice of success stays.
const STAY: Duration = Duration::from_secs(12);

/// One notice.
pub struct Toast {
    card: gtk::Box,
    name: gtk::Label,
    status: gtk::Label,
    bar: gtk::ProgressBar,
    stop: gtk::Button,
    open: gtk::Button,
    show: gtk::Button,
    /// Whether the pointer is over it: then it stays.
    watched: Rc<Cell<bool>>,
    shown: RefCell<Option<Transfer>>,
}

/// What the buttons of a notice do.
pub struct Gestures {
    /// Stops the download.
    pub stop: Box<dyn Fn()>,
    /// Opens the file.
    pub open: Box<dyn Fn()>,
    /// Shows the file in its folder.
    pub show: Box<dyn Fn()>,
}

impl Toast {
    /// Puts a notice over the page. `None` where its window is gone.
    pub fn over(view: &WebView, words: &Words, dark: bool, gestures: Gestures) -> Option<Rc<Self>> {
        let column = column::with_room(view)?;
        let Gestures { stop: on_stop, open: on_open, show: on_show } = gestures;
        let card = card::new(gtk::Orientation::Vertical, 6, dark);
        card.set_size_request(340, -1);
        let name = card::label("", "name");
        name.set_ellipsize(gtk::pango::EllipsizeMode::Middle);
        name.set_max_width_chars(34);
        name.set_hexpand(true);
        let close = card::sign("✕", &words.say("menu-close"));
        let head = gtk::Box::new(gtk::Orientation::Horizontal, 8);
        head.pack_start(&name, true, true, 0);
        head.pack_end(&close, false, false, 0);
        let status = card::label("", "soft");
        status.set_line_wrap(true);
        status.set_max_width_chars(40);
        let bar = gtk::ProgressBar::new();
        let buttons = gtk::Box::new(gtk::Orientation::Horizontal, 4);
        // The words stand in line with those above, and not the edges that they have under a pointer.
        buttons.style_context().add_class("actions");
        let [open, show, stop] = ["download-open", "action-show-in-folder", "download-stop"]
            .map(|key| card::button(&words.say(key)));
        for button in [&open, &show, &stop] {
            buttons.pack_start(button, false, false, 0);
        }
        open.connect_clicked(move |_| on_open());
        show.connect_clicked(move |_| on_show());
        stop.connect_clicked(move |_| on_stop());
        card.add(&head);
        card.add(&bar);
        card.add(&status);
        card.add(&buttons);

        // A box has no window of its own to see the pointer with.
        let frame = gtk::EventBox::new();
        frame.add(&card);
        frame.set_visible_window(false);
        frame.set_above_child(false);
        frame.add_events(
            gtk::gdk::EventMask::ENTER_NOTIFY_MASK | gtk::gdk::EventMask::LEAVE_NOTIFY_MASK,
        );
        let watched = Rc::new(Cell::new(false));
        let enter = Rc::clone(&watched);
        frame.connect_enter_notify_event(move |_, _| {
            enter.set(true);
            glib::Propagation::Proceed
        });
        let leave = Rc::clone(&watched);
        frame.connect_leave_notify_event(move |_, event| {
            leave.set(event.detail() == gtk::gdk::NotifyType::Inferior);
            glib::Propagation::Proceed
        });
        close.connect_clicked({
            let frame = frame.downgrade();
            move |_| column::remove(&frame)
        });
        column.pack_start(&frame, false, false, 0);
        frame.show_all();
        let shown = RefCell::default();
        Some(Rc::new(Self { card, name, status, bar, stop, open, show, watched, shown }))
    }

    /// Says how the download stands.
    pub fn tell(self: &Rc<Self>, transfer: &Transfer, words: &Words) {
        if self.shown.replace(Some(transfer.clone())).as_ref() == Some(transfer) {
            return;
        }
        self.name.set_text(&transfer.name());
        self.status.set_text(&transfer.status(words));
        let running = transfer.state == State::Running;
        let saved = transfer.state == State::Saved;
        self.bar.set_visible(running);
        match transfer.fraction() {
            Some(fraction) => self.bar.set_fraction(fraction),
            None if running => self.bar.pulse(),
            None => {}
        }
        self.stop.set_visible(running);
        self.open.set_visible(saved);
        self.show.set_visible(saved);
        if matches!(transfer.state, State::Failed(_)) {
            self.status.style_context().add_class("bad");
        }
        if saved || transfer.state == State::Cancelled {
            self.leave_in_time();
        }
    }

    /// Goes away by itself, unless somebody is looking at it.
    fn leave_in_time(self: &Rc<Self>) {
        let (card, watched) = (self.card.downgrade(), Rc::clone(&self.watched));
        glib::timeout_add_local(STAY, move || {
            let Some(frame) = card.upgrade().and_then(|card| card.parent()) else {
                return glib::ControlFlow::Break;
            };
            if watched.get() {
                return glib::ControlFlow::Continue;
            }
            column::remove(&frame.downgrade());
            glib::ControlFlow::Break
        });
    }
}
