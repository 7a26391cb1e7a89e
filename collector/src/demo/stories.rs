//! What the made-up visitors of the demo shop live through: one story for each page that asks something.

/// A page, how many come by, and how well it serves them.
pub struct Story {
    pub path: &'static str,
    pub title: &'static str,
    pub survey: &'static str,
    pub visitors: Visitors,
    /// Of those for whom the survey waits, the part that sees it: who leaves through the top, who reads so far.
    pub shown: f64,
    /// Of those who see it, the part that answers.
    pub answering: f64,
    /// The part of the answers in the scale's positive set, and in its negative one; of choices, the first and the last.
    pub happy: Course,
    pub unhappy: Course,
}

pub enum Visitors {
    /// About so many a day.
    Daily(f64),
    /// Hardly anybody: these answers and no others, one a week.
    Few(&'static [i64]),
}

/// A part that changes over the two months: what it was at first, and what it is today.
#[derive(Clone, Copy)]
pub struct Course {
    pub then: f64,
    pub now: f64,
}

const fn steady(part: f64) -> Course {
    Course { then: part, now: part }
}

const fn from_to(then: f64, now: f64) -> Course {
    Course { then, now }
}

pub const STORIES: &[Story] = &[
    Story {
        path: "/help",
        title: "Help: delivery, returns and payment | Fernhill",
        survey: "help-ces",
        visitors: Visitors::Daily(34.0),
        shown: 0.50,
        answering: 0.30,
        happy: from_to(0.58, 0.66),
        unhappy: from_to(0.24, 0.19),
    },
    // The page that hurts, and it is getting worse.
    Story {
        path: "/help/returns",
        title: "Sending something back | Fernhill",
        survey: "help-ces",
        visitors: Visitors::Daily(26.0),
        shown: 0.55,
        answering: 0.36,
        happy: from_to(0.46, 0.26),
        unhappy: from_to(0.36, 0.56),
    },
    Story {
        path: "/help/delivery",
        title: "Delivery days and costs | Fernhill",
        survey: "help-ces",
        visitors: Visitors::Daily(24.0),
        shown: 0.50,
        answering: 0.28,
        happy: steady(0.74),
        unhappy: steady(0.13),
    },
    Story {
        path: "/help/plant-care",
        title: "Looking after your plant | Fernhill",
        survey: "help-ces",
        visitors: Visitors::Daily(15.0),
        shown: 0.45,
        answering: 0.32,
        happy: steady(0.86),
        unhappy: steady(0.05),
    },
    Story {
        path: "/help/payment",
        title: "Ways to pay | Fernhill",
        survey: "help-ces",
        visitors: Visitors::Daily(10.0),
        shown: 0.50,
        answering: 0.27,
        happy: from_to(0.48, 0.72),
        unhappy: from_to(0.34, 0.14),
    },
    // Three bad answers, one a week: too few to call it the worst page.
    Story {
        path: "/help/gift-cards",
        title: "Gift cards | Fernhill",
        survey: "help-ces",
        visitors: Visitors::Few(&[2, 3, 1]),
        shown: 0.0,
        answering: 0.0,
        happy: steady(0.0),
        unhappy: steady(0.0),
    },
    Story {
        path: "/order-placed",
        title: "Thank you for your order | Fernhill",
        survey: "order-csat",
        visitors: Visitors::Daily(25.0),
        shown: 0.97,
        answering: 0.52,
        happy: from_to(0.70, 0.90),
        unhappy: from_to(0.18, 0.05),
    },
    Story {
        path: "/journal",
        title: "The journal | Fernhill",
        survey: "journal-nps",
        visitors: Visitors::Daily(22.0),
        shown: 0.55,
        answering: 0.17,
        happy: steady(0.44),
        unhappy: steady(0.24),
    },
    Story {
        path: "/journal/watering",
        title: "How much water is enough | Fernhill",
        survey: "journal-nps",
        visitors: Visitors::Daily(20.0),
        shown: 0.62,
        answering: 0.20,
        happy: from_to(0.55, 0.63),
        unhappy: steady(0.13),
    },
    Story {
        path: "/journal/light",
        title: "Light, measured with your hand | Fernhill",
        survey: "journal-nps",
        visitors: Visitors::Daily(14.0),
        shown: 0.60,
        answering: 0.18,
        happy: steady(0.36),
        unhappy: from_to(0.26, 0.36),
    },
    Story {
        path: "/cart",
        title: "Your cart | Fernhill",
        survey: "cart-exit",
        visitors: Visitors::Daily(38.0),
        shown: 0.50,
        answering: 0.27,
        happy: from_to(0.40, 0.49),
        unhappy: from_to(0.41, 0.32),
    },
    Story {
        path: "/product",
        title: "Boston fern | Fernhill",
        survey: "product-csat",
        visitors: Visitors::Daily(58.0),
        shown: 0.45,
        answering: 0.21,
        happy: from_to(0.58, 0.66),
        unhappy: steady(0.20),
    },
    Story {
        path: "/help",
        title: "Help: delivery, returns and payment | Fernhill",
        survey: "help-found",
        visitors: Visitors::Daily(12.0),
        shown: 0.60,
        answering: 0.34,
        happy: steady(0.62),
        unhappy: steady(0.16),
    },
];
