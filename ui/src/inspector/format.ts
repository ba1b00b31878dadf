/** Numbers as the person's language has them. */
class Format {
  private formats = new Map<number, Intl.NumberFormat>();
  private language = "en";

  /** Chooses the language, once, before anything is drawn. */
  speak(language: string): void {
    this.language = language;
    this.formats.clear();
  }

  number(value: number, digits = 0): string {
    let known = this.formats.get(digits);
    if (known === undefined) {
      known = new Intl.NumberFormat(this.language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
      this.formats.set(digits, known);
    }
    return known.format(value);
  }

  /** A span of time, given in milliseconds: three digits of it, about. */
  duration(ms: number): string {
    if (ms < 10) return `${this.number(ms, 2)} ms`;
    if (ms < 100) return `${this.number(ms, 1)} ms`;
    if (ms < 1000) return `${this.number(ms)} ms`;
    if (ms < 60_000) return `${this.number(ms / 1000, 2)} s`;
    return `${this.number(Math.floor(ms / 60_000))} min ${this.number(Math.floor((ms % 60_000) / 1000))} s`;
  }

  /** One that is still growing: without digits that only flicker. */
  rough(ms: number): string {
    return ms < 60_000 ? `${this.number(ms / 1000)} s` : this.duration(ms);
  }

  /** A size, given in bytes. */
  size(bytes: number): string {
    if (bytes < 1000) return `${this.number(bytes)} B`;
    if (bytes < 1e6) return `${this.number(bytes / 1e3, 1)} kB`;
    return `${this.number(bytes / 1e6, 1)} MB`;
  }

  /** The time of day of a moment, given in milliseconds since 1970, to the millisecond. */
  time(moment: number): string {
    const date = new Date(moment);
    const two = (value: number) => String(value).padStart(2, "0");
    return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
  }
}

export const format = new Format();
