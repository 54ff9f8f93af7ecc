/// The mean of many reconstructions of an image, and beside it their standard deviation.
public struct ImageUncertaintyFigure: Figure {
  /// Each with a label of its own.
  public var mean: SkyImageFigure
  public var deviation: SkyImageFigure

  public init(mean: SkyImageFigure, deviation: SkyImageFigure) {
    (self.mean, self.deviation) = (mean, deviation)
  }

  public var script: GnuplotScript {
    get throws {
      try mean.validate()
      try deviation.validate()
      var script = GnuplotScript(width: 1150, height: 500)
      script.add("set multiplot")
      let panels = [
        SkyPanel(mean, in: Panel(left: 78, right: 490, bottom: 60, top: 472)),
        SkyPanel(deviation, in: Panel(left: 628, right: 1040, bottom: 60, top: 472)),
      ]
      for (panel, axes) in zip(panels, [SkyPanel.Axes.titled, .ticksOnly]) {
        panel.drawColors(panel.image.label, in: &script)
        panel.draw(axes, in: &script)
        SkyPanel.finish(in: &script)
      }
      script.add("unset multiplot")
      return script
    }
  }
}
