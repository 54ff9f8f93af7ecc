import Foundation

/// Days of the Gregorian calendar as FITS headers write them.
public enum CalendarDate {
  /// `2017-04-05` of a modified Julian day.
  public static func text(mjd: Int) -> String {
    let date = civil(mjd)
    return String(format: "%04d-%02d-%02d", date.year, date.month, date.day)
  }

  /// The modified Julian date of `2017-04-05`, `2017-04-05T12:00:00` or `05/04/17`; nil if the text is
  /// something else.
  public static func mjd(_ text: String) -> Double? {
    if let old = text.wholeMatch(of: /(\d\d)\/(\d\d)\/(\d\d)/) {
      return day(year: 1900 + Int(old.3)!, month: Int(old.2)!, day: Int(old.1)!)
    }
    let pattern = /(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d(?:\.\d*)?))?Z?)?/
    guard let match = text.wholeMatch(of: pattern),
      let day = day(year: Int(match.1)!, month: Int(match.2)!, day: Int(match.3)!)
    else { return nil }
    let hours = Double(match.4 ?? "0")! + Double(match.5 ?? "0")! / 60
    return day + (hours + Double(match.6 ?? "0")! / 3600) / 24
  }

  /// Greenwich mean sidereal time at 0h UT, degrees (Aoki et al. 1982).
  static func siderealTime(mjd: Int) -> Double {
    let centuries = (Double(mjd) - 51_544.5) / 36_525
    let seconds =
      24_110.54841 + centuries * (8_640_184.812866 + centuries * (0.093104 - 6.2e-6 * centuries))
    let degrees = (seconds / 240).truncatingRemainder(dividingBy: 360)
    return degrees < 0 ? degrees + 360 : degrees
  }

  /// Reference: Meeus, Astronomical Algorithms, chapter 7.
  private static func day(year: Int, month: Int, day: Int) -> Double? {
    guard (1...12).contains(month), (1...31).contains(day) else { return nil }
    let shifted = month > 2 ? (year, month) : (year - 1, month + 12)
    let century = shifted.0 / 100
    let leap = 2 - century + century / 4
    return (365.25 * Double(shifted.0 + 4716)).rounded(.down)
      + (30.6001 * Double(shifted.1 + 1)).rounded(.down) + Double(day + leap) - 1524.5 - 2_400_000.5
  }

  private static func civil(_ mjd: Int) -> (year: Int, month: Int, day: Int) {
    // Days since 1 March of the year 0, in eras of 400 years.
    let days = mjd + 678_881
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
      dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    )
  }
}
