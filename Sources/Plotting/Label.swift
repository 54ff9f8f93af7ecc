/// Text of a figure: literal, or with markup where we mean it.
///
/// A literal label shows every character as it stands: underscores are not subscripts and nothing is
/// executed. Reference: gnuplot 5.4 manual, "enhanced text mode" and "quotes".
public struct Label: Sendable, Hashable, ExpressibleByStringLiteral {
  /// gnuplot enhanced text.
  let markup: String
  /// Approximate number of characters shown, for layout.
  let visibleLength: Int

  /// Shows `text` as it stands.
  public init(_ text: String) {
    var escaped = ""
    for character in text {
      if "\\{}^_@&~".contains(character) { escaped += "\\" }
      escaped.append(character)
    }
    markup = escaped
    visibleLength = text.count
  }

  public init(stringLiteral text: String) {
    self.init(text)
  }

  /// Takes gnuplot's enhanced text, such as `{/:Italic t}_0`.
  public init(markup: String) {
    self.markup = markup
    var shown = markup
    for styling in ["{/:Italic ", "{", "}", "_", "^", "\\"] {
      shown = shown.replacing(styling, with: "")
    }
    visibleLength = shown.count
  }

  /// Between single quotes gnuplot interprets nothing but the quote itself. It is documented to be
  /// escaped by doubling, but gnuplot 5.4 ends the string at a doubled quote that stands first, so the
  /// text after it would run: an apostrophe takes its place.
  var quoted: String { Self.quote(markup) }

  static func quote(_ markup: String) -> String {
    var quoted = "'"
    for character in markup {
      if character == "'" {
        quoted += "\u{2019}"
      } else if character.isNewline || character.unicodeScalars.contains(where: { $0.value < 32 }) {
        quoted += " "
      } else {
        quoted.append(character)
      }
    }
    return quoted + "'"
  }
}

extension Label {
  private static let greek = [
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ",
    "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ", "psi": "ψ",
    "omega": "ω",
  ]
  private static let named = [
    "tE": "{/:Italic t}_E", "thetaE": "θ_E", "piE": "π_E", "piEN": "π_{E,N}", "piEE": "π_{E,E}",
  ]

  /// The customary symbol of a parameter: a Greek letter for its name, italics for one letter, a
  /// subscript for one letter and a number (`t0`), `log10 q` likewise; other names as they stand.
  public static func symbol(for name: String) -> Label {
    for prefix in ["log10 ", "log10_", "log "] where name.hasPrefix(prefix) {
      let inner = symbol(for: String(name.dropFirst(prefix.count)))
      let base = prefix == "log " ? "log " : "log_{10} "
      return Label(markup: base + inner.markup)
    }
    if name.hasPrefix("log10("), name.hasSuffix(")") {
      return symbol(for: "log10 " + name.dropFirst(6).dropLast())
    }
    if let letter = greek[name] { return Label(markup: letter) }
    if let markup = named[name] { return Label(markup: markup) }
    let isLetter = name.first.map { $0.isASCII && $0.isLetter } ?? false
    let digits = name.dropFirst()
    if isLetter, digits.count <= 2, digits.allSatisfy({ $0.isASCII && $0.isNumber }) {
      let subscripted = digits.isEmpty ? "" : "_{\(digits)}"
      return Label(markup: "{/:Italic \(name.prefix(1))}\(subscripted)")
    }
    return Label(name)
  }
}
