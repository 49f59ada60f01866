/* The sums with intrinsics, for one width of registers. Included once per width with these names defined:
   ADD       the function                 REGISTER  type of a register        FRAMES  frames that fit into one
   OP(x)     intrinsic x of this width    ZERO(), LOAD(p), STORE(p, v)        TARGET  attribute of the function
   MIX(a, b, selection)                   two 32-bit lanes of a, then two of b, in each 128 bits

   Two registers of frames are interleaved: the same channel of two frames side by side, for the instruction that
   multiplies 16-bit pairs and adds (pmaddwd). Nothing is widened in the loop: the 32-bit sums of pairs are added
   modulo 2^32, and their upper halves apart from them; both together give the exact 64-bit sum. Two loops, because
   the fourteen running sums of one do not fit into sixteen registers together with what is being computed. */

TARGET void ADD(cbenchmark_sums *sums, const int16_t *frames, size_t count) {
    enum { step = 2 * FRAMES };
    const size_t steps = count / step;
    const REGISTER ones = OP(set1_epi16)(1), less = OP(set1_epi32)(-1);
    REGISTER total[2] = {ZERO(), ZERO()}, low[5], high[5];
    REGISTER minimum = OP(set1_epi16)(INT16_MAX), maximum = OP(set1_epi16)(INT16_MIN);
    for (int product = 0; product < 5; product++) low[product] = high[product] = ZERO();
    const int16_t *at = frames;
    for (size_t left = steps; left > 0; left--, at += 8 * step) {
        const REGISTER a = LOAD(at), b = LOAD(at + 8 * FRAMES);
        const REGISTER lower = OP(unpacklo_epi16)(a, b), upper = OP(unpackhi_epi16)(a, b);
        minimum = OP(min_epi16)(OP(min_epi16)(minimum, a), b);
        maximum = OP(max_epi16)(OP(max_epi16)(maximum, a), b);
        total[0] = OP(add_epi32)(total[0], OP(madd_epi16)(lower, ones));
        total[1] = OP(add_epi32)(total[1], OP(madd_epi16)(upper, ones));
        /* Two squares reach 2^31: right as unsigned numbers. */
        const REGISTER squares = OP(madd_epi16)(lower, lower), others = OP(madd_epi16)(upper, upper);
        low[0] = OP(add_epi32)(low[0], squares);
        high[0] = OP(add_epi32)(high[0], OP(srli_epi32)(squares, 16));
        low[1] = OP(add_epi32)(low[1], others);
        high[1] = OP(add_epi32)(high[1], OP(srli_epi32)(others, 16));
    }
    at = frames;
    for (size_t left = steps; left > 0; left--, at += 8 * step) {
        const REGISTER a = LOAD(at), b = LOAD(at + 8 * FRAMES);
        /* u1 u2 u3 i1 and i2 i3 iN aux. */
        const REGISTER lower = OP(unpacklo_epi16)(a, b), upper = OP(unpackhi_epi16)(a, b);
        /* Two products lie above -2^31 and reach +2^31: right as signed numbers after taking 1 away. */
        REGISTER pair = OP(add_epi32)(OP(madd_epi16)(lower, OP(shuffle_epi32)(lower, 0x93)), less);
        low[2] = OP(add_epi32)(low[2], pair); /* u1i1 u1u2 u2u3 - */
        high[2] = OP(add_epi32)(high[2], OP(srai_epi32)(pair, 16));
        pair = OP(add_epi32)(OP(madd_epi16)(MIX(lower, upper, 0x49), OP(shuffle_epi32)(upper, 0x14)), less);
        low[3] = OP(add_epi32)(low[3], pair); /* u2i2 u3i3 i2i3 - */
        high[3] = OP(add_epi32)(high[3], OP(srai_epi32)(pair, 16));
        pair = OP(add_epi32)(OP(madd_epi16)(MIX(lower, upper, 0x4C), OP(shuffle_epi32)(lower, 0xFA)), less);
        low[4] = OP(add_epi32)(low[4], pair); /* u3u1 - i1i2 i3i1 */
        high[4] = OP(add_epi32)(high[4], OP(srai_epi32)(pair, 16));
    }
    int32_t totals[2][FRAMES][4];
    int64_t wide[5][2][FRAMES][2], pairs[5][4];
    int16_t lowest[FRAMES][8], highest[FRAMES][8];
    STORE(totals[0], total[0]);
    STORE(totals[1], total[1]);
    STORE(lowest, minimum);
    STORE(highest, maximum);
    for (int product = 0; product < 5; product++) {
        const REGISTER h = high[product], sign = OP(srai_epi32)(h, 31);
        const REGISTER rest = OP(sub_epi32)(low[product], OP(slli_epi32)(h, 16));
        STORE(wide[product][0], OP(add_epi64)(OP(slli_epi64)(OP(unpacklo_epi32)(h, sign), 16),
                                              OP(unpacklo_epi32)(rest, ZERO())));
        STORE(wide[product][1], OP(add_epi64)(OP(slli_epi64)(OP(unpackhi_epi32)(h, sign), 16),
                                              OP(unpackhi_epi32)(rest, ZERO())));
        for (int lane = 0; lane < 4; lane++) {
            pairs[product][lane] = 0;
            for (int frame = 0; frame < FRAMES; frame++) {
                pairs[product][lane] += wide[product][lane / 2][frame][lane % 2];
            }
        }
    }
    for (int frame = 0; frame < FRAMES; frame++) {
        for (int lane = 0; lane < 8; lane++) {
            sums->sum[lane] += totals[lane / 4][frame][lane % 4];
            sums->minimum[lane] =
                lowest[frame][lane] < sums->minimum[lane] ? lowest[frame][lane] : sums->minimum[lane];
            sums->maximum[lane] =
                highest[frame][lane] > sums->maximum[lane] ? highest[frame][lane] : sums->maximum[lane];
        }
    }
    for (int lane = 0; lane < 8; lane++) sums->squares[lane] += pairs[lane / 4][lane % 4];
    const int64_t taken = (int64_t)steps * FRAMES;
    sums->products[0] += pairs[2][0] + taken;
    sums->products[1] += pairs[3][0] + taken;
    sums->products[2] += pairs[3][1] + taken;
    sums->voltage_products[0] += pairs[2][1] + taken;
    sums->voltage_products[1] += pairs[2][2] + taken;
    sums->voltage_products[2] += pairs[4][0] + taken;
    sums->current_products[0] += pairs[4][2] + taken;
    sums->current_products[1] += pairs[3][2] + taken;
    sums->current_products[2] += pairs[4][3] + taken;
    if (count > steps * step) add_plain(sums, frames + 8 * step * steps, count - steps * step);
}

#undef ADD
#undef REGISTER
#undef FRAMES
#undef OP
#undef ZERO
#undef LOAD
#undef STORE
#undef MIX
#undef TARGET
