namespace ReferralPortal.Web.Components.Body;

/// <summary>
/// The portal's own drawing of a person, as SVG paths. Only the half to the right of the midline (x from 0 up) is written down;
/// the other half is its mirror image. Regions are cut to the outline, so their outer edges may be rough.
/// </summary>
static class BodyShapes
{
    /// <summary>Room for both halves: from -118 to 118 across, from 0 to 512 down.</summary>
    public const string ViewBox = "-118 0 236 512";

    /// <summary>Head, neck, trunk and leg: the right half of the outline.</summary>
    public const string Trunk =
        "M0 8 C15 8 25 18 25.5 36 C29 35 30 41 28.5 46 C27.5 50 26 51 24.5 50.5 C23.5 60 21 66 17 70.5 C15.5 73 15 76 15 79 C15 87 19 91 27 94 C37 97.5 46 98.5 54 101 " +
        "L53 138 C53 156 50 172 47 190 C45 203 46 214 49 226 C52 238 57 251 58 270 C59 297 55 322 50 347 C48 359 47 367 47 376 " +
        "C49 390 50 403 47 417 C43 435 37 449 35 463 C35 472 39 480 44 490 C47 496 45 503 38 504 L22 504 C17 504 15 500 15 494 " +
        "C15 482 18 474 18 463 C17 448 14 436 13 420 C12 402 15 392 15 376 C14 356 9 330 7 306 C6 293 5 284 3 276 L0 274";

    /// <summary>Shoulder, arm and hand: the right half of the outline.</summary>
    public const string Arm =
        "M44 98.5 C58 100 69 107 73 121 C77 136 79 150 82 166 C85 183 89 196 93 213 C97 231 101 249 104 266 " +
        "C108 274 111 284 112 295 C113 307 112 318 108 326 C105 331 100 331 97 327 C93 321 92 312 90 304 " +
        "C88 306 86 309 83 311 C79 313 75 310 77 305 C81 296 84 283 87 271 C82 254 76 238 71 220 C67 205 64 192 60 176 C57 163 55 150 53 138 L50 120 Z";

    /// <summary>A region's half shape in one view; <paramref name="OnArm"/> says which outline cuts it.</summary>
    public sealed record Shape(string Key, string View, string Path, bool OnArm = false);

    const string Front = "front", Back = "back";

    /// <summary>Later ones lie on top. A shape that ends on the midline is left open there, so that the two halves show no seam.</summary>
    public static IReadOnlyList<Shape> All { get; } =
    [
        // Trunk, front
        new("head", Front, "M0 6 H30 V64 C24 76 12 80 0 80"),
        new("jaw_joint", Front, "M15 46 H30 V66 H19 C15 62 14 52 15 46 Z"),
        new("neck", Front, "M0 80 C8 80 13 78 16 75 L16 88 C20 93 26 95 32 97 C20 102 10 104 0 104"),
        new("chest", Front, "M0 104 C12 104 24 101 36 97.5 L46 99 C44 112 45 126 52 138 C40 152 18 156 0 152"),
        new("rib", Front, "M4 154 C20 157 40 153 53 141 L50 190 C40 206 20 206 10 188 Z"),
        new("pelvis", Front, "M0 232 C14 232 26 230 34 226 C33 246 22 264 3 276 L0 276"),
        new("hip", Front, "M36 224 C46 222 56 230 60 250 L60 282 C46 286 34 278 26 264 C33 252 36 240 36 224 Z"),
        new("thigh", Front, "M4 278 C14 272 20 268 24 264 C34 280 46 288 60 285 L54 350 L8 350 Z"),
        new("knee", Front, "M6 350 H54 V388 H6 Z"),
        new("lower_leg", Front, "M6 388 H54 V446 H6 Z"),
        new("ankle", Front, "M8 446 H46 V472 H8 Z"),
        new("foot", Front, "M8 472 H52 V491 H8 Z"),
        new("toe", Front, "M8 491 H52 V508 H8 Z"),

        // Trunk, back
        new("head", Back, "M0 6 H30 V64 C24 72 12 74 0 74"),
        new("neck", Back, "M9 74 C13 73 16 72 18 70 L16 86 C20 92 28 95 36 98 C26 102 16 103 9 104 Z"),
        new("back", Back, "M10 152 C26 158 42 154 53 143 L50 190 C46 206 47 214 49 226 L50 228 C34 232 24 226 11 226 Z"),
        new("scapula", Back, "M11 104 C24 103 34 100 46 100 C44 114 46 128 52 140 C40 152 22 154 11 149 Z"),
        new("cervical_spine", Back, "M0 74 H8 V104 H0"),
        new("thoracic_spine", Back, "M0 104 H10 V178 H0"),
        new("lumbar_spine", Back, "M0 178 H11 V226 H0"),
        new("sacroiliac", Back, "M16 228 C26 226 34 228 38 234 C36 246 28 252 16 252 Z"),
        new("sacrum", Back, "M0 226 H15 V240 C14 248 10 252 7 254 H0"),
        new("coccyx", Back, "M0 254 H8 C8 262 5 270 0 274"),
        new("buttock", Back, "M9 256 C26 256 36 250 40 234 C48 228 56 236 60 250 L60 300 C40 308 18 304 6 296 L3 276 C7 270 8 262 9 256 Z"),
        new("thigh", Back, "M4 298 C18 308 42 311 60 302 L54 350 L8 350 Z"),
        new("knee", Back, "M6 350 H54 V388 H6 Z"),
        new("lower_leg", Back, "M6 388 H54 V432 H6 Z"),
        new("achilles_tendon", Back, "M6 432 H48 V462 H6 Z"),
        new("ankle", Back, "M8 462 H46 V480 H8 Z"),
        new("foot", Back, "M8 480 H52 V508 H8 Z"),

        // Arm, the same from both sides
        .. new[] { Front, Back }.SelectMany(view => new Shape[]
        {
            new("shoulder", view, "M42 96 H80 V138 C68 142 60 142 52 140 C46 128 44 112 42 96 Z", OnArm: true),
            new("upper_arm", view, "M50 138 C60 143 70 142 82 138 L90 190 L56 196 Z", OnArm: true),
            new("elbow", view, "M54 196 L92 189 L98 220 L66 228 Z", OnArm: true),
            new("forearm", view, "M66 228 L98 220 L106 254 L78 259 Z", OnArm: true),
            new("wrist", view, "M78 259 L110 253 L113 276 L82 280 Z", OnArm: true),
        }),
        new("thumb", Front, "M70 316 V280 L88 279 C91 290 91 300 90 316 Z", OnArm: true),
        new("hand", Front, "M88 279 L116 276 V302 L90 304 C91 296 90 286 88 279 Z", OnArm: true),
        new("finger", Front, "M90 304 L116 302 V334 H88 Z", OnArm: true),
        new("hand", Back, "M70 281 L116 276 V334 H70 Z", OnArm: true),
    ];

    /// <summary>Lines that make the figure a person: collar bones, navel, knee caps; or shoulder blades and the fold of the buttocks.</summary>
    public static string Lines(string view) => view == Front
        ? "M8 107 C18 103 30 102 42 106 M0 214 V218 M24 362 C28 358 36 358 40 362 M24 378 C28 382 36 382 40 378"
        : "M0 274 V296 M22 366 C28 370 36 370 42 366 M34 110 C36 124 36 136 30 146";
}
