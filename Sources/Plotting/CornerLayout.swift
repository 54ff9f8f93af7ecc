extension CornerFigure {
  /// Places of the panels of a corner figure, in pixels of 1/96 inch.
  struct Layout {
    let parameters: Int
    let panelSide: Double
    private let gap = 6.0
    private let leftMargin = 80.0
    private let bottomMargin = 50.0
    private let topMargin = 50.0
    private let rightMargin = 22.0

    init(parameters: Int) {
      self.parameters = parameters
      panelSide = [2: 230, 3: 195, 4: 165, 5: 148, 6: 136][parameters] ?? 126
    }

    let tickSize = 10
    var ticks: String { "scale 0.6,0.3 font ',\(tickSize)'" }
    var labelSize: Int { 12 }
    var titleSize: Int { parameters > 4 ? 11 : 12 }
    var legendSize: Int { 12 }
    var maximumTicks: Int { parameters > 3 ? 4 : 5 }

    /// A quarter of the panel stays free between the labels.
    var maximumTickCharacters: Int {
      Int(0.75 * panelSide / (Self.characterWidth * Double(tickSize)))
    }

    var errorSize: Int { 9 }
    /// Pixels to a point of type: half an em of 4/3 pixels, a little more for digits.
    private static let characterWidth = 0.7

    /// Estimated widths of a marginal's title, on one line or without the name, and of its errors.
    func width(ofTitle marginal: Marginal, stacked: Bool) -> Double {
      let name = stacked ? 0 : marginal.summaryName.visibleLength + 2
      let characters = Double(name + marginal.median.count)
      return Self.characterWidth * Double(titleSize) * characters + width(ofErrors: marginal)
    }

    func width(ofErrors marginal: Marginal) -> Double {
      Self.characterWidth
        * Double(errorSize * max(marginal.upperError.count, marginal.lowerError.count))
    }

    var side: Int {
      let panels = Double(parameters) * panelSide + Double(parameters - 1) * gap
      return Int(leftMargin + rightMargin + panels)
    }

    func panel(row: Int, column: Int) -> Panel {
      let pitch = panelSide + gap
      let left = leftMargin + Double(column) * pitch
      let bottom = bottomMargin + Double(parameters - 1 - row) * pitch
      return Panel(left: left, right: left + panelSide, bottom: bottom, top: bottom + panelSide)
    }

    var legendPanel: Panel {
      let corner = panel(row: 0, column: parameters - 1)
      return Panel(
        left: corner.left, right: corner.right, bottom: corner.bottom, top: corner.top)
    }
  }
}
