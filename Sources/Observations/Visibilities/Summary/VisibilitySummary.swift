/// What a visibility file holds, in numbers; encoded, the keys of a summary.json.
///
/// Closure counts, scans and averages need stations and are nil without them; medians beyond a million
/// values are good to a relative 1e-4, as the notes then say.
public struct VisibilitySummary: Codable, Sendable, Equatable {
  /// Baselines shorter than this are called short, wavelengths: 0.1 Gλ, 130 km at 1.3 mm.
  public static let shortLength = 1e8

  public var source = ""
  public var rightAscensionHours = 0.0
  public var declination = 0.0
  public var mjd = 0
  public var frequencies: [Double] = []
  public var bandwidth = 0.0
  public var stations: [String] = []
  /// In the order of the table.
  public var stationsInData: [String] = []

  public var visibilities = 0
  public var squaredVisibilities = 0
  public var bispectra = 0
  /// First and last, hours UTC since 0h of `mjd`.
  public var times: [Double]?
  public var timestamps: Int?
  /// Shortest and longest baseline, 1e9 wavelengths.
  public var uvRange: [Double]?
  /// The shortest that is not short; nil where the longest is below ten times ``shortLength``, as is
  /// the signal-to-noise ratio on those that are not short.
  public var shortestLong: Double?
  /// Of |V|/sigma.
  public var medianSNR: Double?
  public var medianSNRLong: Double?
  /// Flux seen by stations next to each other.
  public var zeroBaselines: [ZeroBaseline] = []

  /// Over all visibilities, Jy and wavelengths: to see whether two readers agree.
  public var sumOfValues = [0.0, 0.0]
  public var sumOfSigma = 0.0
  public var sumOfAbsoluteU = 0.0
  public var sumOfAbsoluteV = 0.0
  /// In the order of the file.
  public var firstRecord: Record?
  public var lastRecord: Record?

  public var scans: Int?
  /// Of the visibilities as they are.
  public var closures: ClosureCounts?
  /// With means weighted by 1/sigma²; all baselines of a scan close with each other.
  public var scanAverage: ScanAverage?
  /// As eht-imaging 1.3 averages: plain means, which have the time of the baseline's first integration
  /// in the scan, so that baselines that start later do not close with the others.
  public var plainScanAverage: ScanAverage?
  /// What was estimated or left out, and why.
  public var notes: [String] = []

  public init() {}

  /// A pair of stations whose baselines all are below a thousandth of the longest one.
  public struct ZeroBaseline: Codable, Sendable, Equatable {
    public var stations: [String]
    /// Median amplitude, Jy.
    public var median: Double
    public var visibilities: Int

    private enum CodingKeys: String, CodingKey {
      case stations
      case median = "median_jy"
      case visibilities = "n_vis"
    }
  }

  /// One visibility, its stations by name; units as in `Visibility`.
  public struct Record: Codable, Sendable, Equatable {
    public var time: Double
    public var tint: Double
    public var t1: String
    public var t2: String
    public var u: Double
    public var v: Double
    public var re: Double
    public var im: Double
    public var sigma: Double
  }

  public struct ScanAverage: Codable, Sendable, Equatable {
    public var visibilities: Int
    public var medianSNR: Double?
    public var closures: ClosureCounts
    /// Without short baselines.
    public var longClosures: ClosureCounts

    private enum CodingKeys: String, CodingKey {
      case visibilities = "n_vis"
      case medianSNR = "median_snr"
      case closures
      case longClosures = "closures_uv_gt0p1"
    }
  }

  private enum CodingKeys: String, CodingKey {
    case source, mjd
    case scans = "n_scans"
    case closures, notes
    case rightAscensionHours = "ra_hours"
    case declination = "dec_deg"
    case frequencies = "freq_hz"
    case bandwidth = "bandwidth_hz"
    case stations = "stations_in_table"
    case stationsInData = "stations_in_data"
    case visibilities = "n_vis"
    case squaredVisibilities = "n_squared_vis"
    case bispectra = "n_bispectra"
    case times = "time_utc_hours_minmax"
    case timestamps = "n_timestamps"
    case uvRange = "uv_glambda_minmax"
    case shortestLong = "uv_glambda_min_gt0p1"
    case medianSNR = "median_snr"
    case medianSNRLong = "median_snr_uv_gt0p1"
    case zeroBaselines = "zero_baselines"
    case sumOfValues = "sum_vis_re_im"
    case sumOfSigma = "sum_sigma"
    case sumOfAbsoluteU = "sum_abs_u_lambda"
    case sumOfAbsoluteV = "sum_abs_v_lambda"
    case firstRecord = "first_record"
    case lastRecord = "last_record"
    case scanAverage = "scan_average"
    case plainScanAverage = "scan_average_eht_imaging"
  }
}
