/* finesse.utilities.Utilities: times and texts as gadgets show them (desktop.md §9). */
"use strict";

((finesse) => {
  const { Utilities } = finesse.utilities;

  const padWithWidth = (number, width) => String(number).padStart(width, "0");
  const pad = (number) => padWithWidth(number, 2);

  /** Whole seconds; of what is no time, or before its beginning, none. */
  const whole = (seconds) => Math.max(0, Math.floor(Number(seconds) || 0));

  /** `65:05` */
  const inMinutes = (seconds) => `${pad(Math.floor(seconds / 60))}:${pad(seconds % 60)}`;
  /** `01:05:05` */
  const inHours = (seconds) => `${pad(Math.floor(seconds / 3600))}:${inMinutes(seconds % 3600)}`;
  const inEither = (seconds) => (seconds >= 3600 ? inHours(seconds) : inMinutes(seconds));

  /** Milliseconds between two times, the later first; nothing when there is no earlier one, or nothing has passed. */
  const since = (write) => (now, then) => (then !== 0 && now > then ? write(whole((now - then) / 1000)) : "--:--");
  const elapsed = since(inMinutes);

  Object.assign(Utilities, {
    pad,
    padWithWidth,

    /** Milliseconds, as minutes and seconds. */
    buildTimeString: (milliseconds) => inMinutes(whole(milliseconds / 1000)),
    buildTimeStringWithOptionalHours: (milliseconds) => inEither(whole(milliseconds / 1000)),
    buildElapsedTimeString: elapsed,
    buildElapsedTimeStringWithOptionalHours: since(inEither),
    buildTotalTimeString: elapsed,
    buildHoldTimeString: elapsed,
    buildWrapupTimeString: elapsed,

    /** Seconds, as hours, minutes and seconds. */
    getDisplayTime: (seconds) => inHours(whole(seconds)),
    formatSecs: (seconds) => inEither(whole(seconds)),
    /** The same; `--` for what is no number of seconds. */
    buildTimeStringForDisplay: (seconds) => (Number(seconds) >= 0 ? inEither(whole(seconds)) : "--"),

    /** How long ago that was by the server's clock, as hours, minutes and seconds; -1 of `--`, which tables have for no time. */
    convertTsToDuration: (timestamp, now) => Utilities.convertTsToDurationWithFormat(timestamp, false, now),

    /** The same, and -1 of every time that is none, or has not come yet, if that is wanted. */
    convertTsToDurationWithFormat(timestamp, isForFormat, now) {
      if (timestamp === "--" || timestamp === "-1") {
        return "-1";
      }
      const until = typeof now?.getTime === "function" ? Utilities.convertToServerTimeMillis(now.getTime()) : Utilities.currentServerTimeMillis();
      const seconds = Math.floor((until - Date.parse(timestamp)) / 1000);
      return isForFormat && !(seconds >= -1) ? "-1" : inHours(whole(seconds)); // clocks differ by a second
    },

    convertToServerTimeMillis: (milliseconds) => milliseconds + Utilities.getCurrentDrift(),

    /** Milliseconds of a time as REST tells it; 0 of no time. */
    extractTime: (timestamp) => (timestamp ? Date.parse(timestamp) : 0),
    getTime: (timestamp) => new Date(timestamp).getTime(),
    dateToISOString: (date) => date.toISOString(),
    convertDateToISODateString: (date) => date.toISOString(),

    trim: (text) => text.trim(),
    removeSpaces: (text) => text.replaceAll(" ", ""),
    /** With spaces that no browser takes for one. */
    escapeSpaces: (text) => text.replace(/\s/g, "\u00a0"),
    /** `{0}` and so on, filled in. */
    formatString: (text, ...values) => (text ? text.replace(/\{(\d+)\}/g, (found, at) => String(values[Number(at)] ?? found)) : text),
    /** What a URI ends in. */
    getId: (uri) => String(uri ?? "").split("/").pop(),
    isAbsoluteUrl: (url) => /^https?:\/\//i.test(url ?? ""),

    /** Whether two values say the same, however deep. */
    getEquals(one, other) {
      if (Object(one) !== one || Object(other) !== other) {
        return one === other;
      }
      const names = Object.keys(one);
      return (
        names.length === Object.keys(other).length &&
        names.every((name) => Object.hasOwn(other, name) && Utilities.getEquals(one[name], other[name]))
      );
    },
  });
})(window.finesse);
