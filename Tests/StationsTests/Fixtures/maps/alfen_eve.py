"""Alfen NG9xx, document 2.3: floats, high word first; what is not there reads 0xFFFF; a float is written as a whole."""

from station_map import Map, f32, f64, text, u32


def station():
    m = Map(unit=1, functions=[3, 6, 16])
    m.filler = 0xFFFF
    m.holding(300, 3)
    m.holding(305, 0)
    m.holding(306, *f32(231), *f32(232), *f32(233))
    m.holding(320, *f32(10), *f32(9.9), *f32(9.8))
    m.holding(336, *f32(50))
    m.holding(344, *f32(6850))
    m.holding(374, *f64(1234500))
    m.holding(1200, 1)
    m.holding(1201, *text("C2", 5))
    m.holding(1206, *f32(16))
    m.holding(1208, *u32(60))
    m.holding(1210, *f32(16))
    m.holding(1212, *f32(6))
    m.holding(1214, 1)
    m.holding(1215, 3)
    m.writable = {1210: None, 1211: None, 1215: [1, 3]}
    m.pairs = {1210}
    m.follows = {1210: [("holding", 1206)], 1211: [("holding", 1207)]}
    return m
