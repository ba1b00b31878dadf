//! The splash before the web view has anything to show: what `ui/src/look/splash.css` looks like at
//! the beginning of a load, drawn by GTK. The page's own splash takes its place without a change.

use std::{cell::Cell, rc::Rc, time::Duration};

use gtk::{cairo, gdk::prelude::*, gdk_pixbuf, gio, glib, pango, prelude::*};
use webkit2gtk::WebView;

use super::{
    expected::expected,
    layer,
    palette::{self, Colour, Palette},
    theme,
};
use crate::model::ui::Ui;

const NAME: &str = "splash";

/// How long the start waits for the first picture.
const LIMIT: Duration = Duration::from_millis(100);

/// Lengths in pixels, as they stand in `splash.css`.
const ICON: f64 = 72.0;
const NAME_ABOVE: f64 = 20.0;
const NAME_SIZE: f64 = 22.0;
const NAME_LINE: f64 = 28.6;
const NAME_WIDEST: f64 = 24.0 * NAME_SIZE;
const STEPS_ABOVE: f64 = 28.0;
const STEP: (f64, f64) = (36.0, 3.0);
const STEP_GAP: f64 = 6.0;
const STEPS: u8 = 4;
const LINE_ABOVE: f64 = 16.0;
const LINE_SIZE: f64 = 14.0;
const LINE_LINE: f64 = 21.0;
/// The place of the sentence for a wait that takes long.
const DETAIL: f64 = 4.0 + 39.0;
const MARGIN: f64 = 24.0;

/// The colours, as `splash.css` has them, by the names of `tokens.css`.
struct Colours {
    ink: Colour,
    soft: Colour,
    line: Colour,
    accent: Colour,
    on_accent: Colour,
}

impl Colours {
    fn of(palette: Palette) -> Self {
        Self {
            ink: palette.colour("ink"),
            soft: palette.colour("ink-soft"),
            line: palette.colour("line"),
            accent: palette.colour("accent"),
            on_accent: palette.colour("on-accent"),
        }
    }
}

/// What is drawn.
struct Splash {
    name: String,
    line: String,
    icon: Option<gdk_pixbuf::Pixbuf>,
    ground: Colour,
    colours: Colours,
}

/// Has the next window show the splash as soon as it is on the screen.
///
/// The web view is made after that, in the same turn of the main loop: GL and another process come
/// up, which takes a tenth of a second and more, and nothing would be drawn meanwhile.
pub fn show_early(ui: &Ui) {
    let application = gio::Application::default();
    let Some(application) = application.and_then(|it| it.downcast::<gtk::Application>().ok())
    else {
        return;
    };
    let splash = Cell::new(Some(Splash::of(ui)));
    application.connect_window_added(move |_, window| {
        let Some(splash) = splash.take() else { return };
        let splash = Cell::new(Some(splash));
        window.connect_map(move |window| {
            let Some(splash) = splash.take() else { return };
            let container = window.child().and_then(|child| child.downcast::<gtk::Box>().ok());
            let Some(container) = expected("the box of a window", container) else { return };
            let (area, drawn) = splash.area();
            area.set_widget_name(NAME);
            container.pack_start(&area, true, true, 0);
            // tao shows the window first and what is in it later.
            container.show();
            draw_now(&drawn);
            window.display().flush();
        });
    });
}

/// Lets GTK draw, and no longer than [`LIMIT`]: a desktop may take its time to show a window.
fn draw_now(drawn: &Cell<bool>) {
    let late = Rc::new(Cell::new(false));
    let timeout = {
        let late = Rc::clone(&late);
        glib::timeout_add_local_once(LIMIT, move || late.set(true))
    };
    while !drawn.get() && !late.get() {
        gtk::main_iteration();
    }
    if !late.get() {
        timeout.remove();
    }
}

/// Puts the splash over a web view.
pub fn put(ui: &Ui, view: &WebView) {
    let container = view.parent().and_then(|overlay| overlay.parent());
    let container = container.and_then(|it| it.downcast::<gtk::Container>().ok());
    let early = container.and_then(|container| {
        let early = container.children().into_iter().find(|it| it.widget_name() == NAME)?;
        container.remove(&early);
        Some(early)
    });
    layer::part(view, NAME, || early.unwrap_or_else(|| Splash::of(ui).area().0.upcast()));
}

/// Whether it is over a web view, with nothing of the page to be seen.
pub fn covers(view: &WebView) -> bool {
    layer::find(view, NAME).is_some()
}

/// Takes it away.
pub fn remove(view: &WebView) {
    layer::remove(view, NAME);
}

impl Splash {
    /// That of an app.
    fn of(ui: &Ui) -> Self {
        let icon = ui.icon.as_ref().map(|icon| {
            let (image, colours) = (&icon.image, gdk_pixbuf::Colorspace::Rgb);
            let (width, height) = (image.width().cast_signed(), image.height().cast_signed());
            let pixels = glib::Bytes::from(image.rgba());
            gdk_pixbuf::Pixbuf::from_bytes(&pixels, colours, true, 8, width, height, width * 4)
        });
        // What the desktop prefers is known before a window is shown.
        let ground = ui.looks.ground(theme::system_is_dark());
        Self {
            name: ui.name.clone(),
            line: ui.words.say("splash-wait-contact"),
            icon,
            ground: ground.0,
            colours: Colours::of(if ground.is_dark() { palette::DARK } else { palette::LIGHT }),
        }
    }

    /// A widget that shows it, and whether it has been drawn.
    fn area(self) -> (gtk::DrawingArea, Rc<Cell<bool>>) {
        let area = gtk::DrawingArea::new();
        if let Some(accessible) = area.accessible() {
            accessible.set_name(&self.name);
            accessible.set_description(&self.line);
        }
        let drawn = Rc::new(Cell::new(false));
        let drawn_ = Rc::clone(&drawn);
        area.connect_draw(move |area, context| {
            if let Err(error) = self.draw(area, context) {
                tracing::debug!(%error, "the splash could not be drawn");
            }
            drawn_.set(true);
            glib::Propagation::Stop
        });
        area.show();
        (area, drawn)
    }

    /// Draws all of it, in the middle.
    fn draw(&self, area: &gtk::DrawingArea, context: &cairo::Context) -> Result<(), cairo::Error> {
        let colours = &self.colours;
        let width = f64::from(area.allocated_width());
        set(context, self.ground);
        context.paint()?;

        let widest = NAME_WIDEST.min(width - 2.0 * MARGIN);
        let name = text(area, &self.name, NAME_SIZE, pango::Weight::Semibold, colours.ink);
        let attributes = name.attributes().unwrap_or_default();
        attributes.insert(pango::AttrInt::new_letter_spacing(-pango::SCALE * 22 / 100));
        name.set_attributes(Some(&attributes));
        name.set_width(pango::units_from_double(widest));
        name.set_wrap(pango::WrapMode::WordChar);
        let line = text(area, &self.line, LINE_SIZE, pango::Weight::Normal, colours.soft);
        line.set_width(pango::units_from_double(width - 2.0 * MARGIN));

        let lines = f64::from(name.line_count());
        let below = STEPS_ABOVE + STEP.1 + LINE_ABOVE + LINE_LINE + DETAIL;
        let height = ICON + NAME_ABOVE + lines * NAME_LINE + below;
        let mut y = ((f64::from(area.allocated_height()) - height) / 2.0).max(0.0);

        self.draw_icon(area, context, ((width - ICON) / 2.0, y))?;
        y += ICON + NAME_ABOVE;
        show(area, context, &name, ((width - widest) / 2.0, y), lines * NAME_LINE);
        y += lines * NAME_LINE + STEPS_ABOVE;
        let all = f64::from(STEPS) * (STEP.0 + STEP_GAP) - STEP_GAP;
        for step in 0..STEPS {
            let x = (width - all) / 2.0 + f64::from(step) * (STEP.0 + STEP_GAP);
            rounded(context, (x, y), STEP, 2.0_f64.min(STEP.1 / 2.0));
            set(context, colours.line);
            context.fill()?;
        }
        show(area, context, &line, (MARGIN, y + STEP.1 + LINE_ABOVE), LINE_LINE);
        Ok(())
    }

    /// The app's icon, or a tile with the first letter of its name.
    fn draw_icon(
        &self,
        area: &gtk::DrawingArea,
        context: &cairo::Context,
        (x, y): (f64, f64),
    ) -> Result<(), cairo::Error> {
        if let Some(icon) = &self.icon {
            let (width, height) = (f64::from(icon.width()), f64::from(icon.height()));
            let scale = ICON / width.max(height);
            context.save()?;
            context.translate(x + (ICON - width * scale) / 2.0, y + (ICON - height * scale) / 2.0);
            context.scale(scale, scale);
            context.set_source_pixbuf(icon, 0.0, 0.0);
            context.paint()?;
            return context.restore();
        }
        rounded(context, (x, y), (ICON, ICON), ICON * 0.24);
        set(context, self.colours.accent);
        context.fill()?;
        let letter: String =
            self.name.trim().chars().take(1).flat_map(char::to_uppercase).collect();
        let (size, weight) = (ICON * 0.46, pango::Weight::Semibold);
        let letter = text(area, &letter, size, weight, self.colours.on_accent);
        letter.set_width(pango::units_from_double(ICON));
        show(area, context, &letter, (x, y), ICON);
        Ok(())
    }
}

/// A text in the system's font, in the middle of its width.
fn text(
    area: &gtk::DrawingArea,
    text: &str,
    size: f64,
    weight: pango::Weight,
    colour: Colour,
) -> pango::Layout {
    let layout = area.create_pango_layout(Some(text));
    let font = area.pango_context().font_description();
    let mut font = font.unwrap_or_default();
    font.set_absolute_size(size * f64::from(pango::SCALE));
    font.set_weight(weight);
    layout.set_font_description(Some(&font));
    layout.set_alignment(pango::Alignment::Center);
    let [red, green, blue] = colour.map(|part| u16::from(part) * 0x101);
    let attributes = pango::AttrList::new();
    attributes.insert(pango::AttrColor::new_foreground(red, green, blue));
    layout.set_attributes(Some(&attributes));
    layout
}

/// Shows a text in the middle of a box of this height.
fn show(
    area: &gtk::DrawingArea,
    context: &cairo::Context,
    layout: &pango::Layout,
    (x, y): (f64, f64),
    height: f64,
) {
    let (_, own) = layout.pixel_size();
    let y = y + (height - f64::from(own)) / 2.0;
    gtk::render_layout(&area.style_context(), context, x, y.round(), layout);
}

fn set(context: &cairo::Context, colour: Colour) {
    let [red, green, blue] = colour.map(|part| f64::from(part) / 255.0);
    context.set_source_rgb(red, green, blue);
}

/// A path around a box with round corners.
fn rounded(context: &cairo::Context, (x, y): (f64, f64), (width, height): (f64, f64), radius: f64) {
    use std::f64::consts::FRAC_PI_2;
    let (right, bottom) = (x + width - radius, y + height - radius);
    let corners =
        [(right, y + radius), (right, bottom), (x + radius, bottom), (x + radius, y + radius)];
    context.new_sub_path();
    for (quarter, (x, y)) in (-1_i8..).zip(corners) {
        let from = f64::from(quarter) * FRAC_PI_2;
        context.arc(x, y, radius, from, from + FRAC_PI_2);
    }
    context.close_path();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_splash_finds_its_colours() {
        for palette in [palette::LIGHT, palette::DARK] {
            let Colours { ink, soft, line, accent, on_accent } = Colours::of(palette);
            for colour in [ink, soft, line, accent, on_accent] {
                assert_ne!(colour, [0; 3], "no such token");
            }
        }
    }
}
