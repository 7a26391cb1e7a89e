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

/// A part that changes over the two months.
#[derive(Clone, Copy)]
pub enum Course {
    /// Little by little.
    Gradual { then: f64, now: f64 },
    /// From one day to the next, [`RELAUNCH`] of the way through.
    Sudden { then: f64, now: f64 },
}

/// Three weeks ago the shop moved its return form.
const RELAUNCH: f64 = 0.65;

impl Course {
    /// At a time between 0, two months ago, and 1, today.
    pub fn at(self, progress: f64) -> f64 {
        match self {
            Self::Gradual { then, now } => then + (now - then) * progress,
            Self::Sudden { then, now } => {
                if progress < RELAUNCH {
                    then
                } else {
                    now
                }
            }
        }
    }
}

const fn steady(part: f64) -> Course {
    Course::Gradual { then: part, now: part }
}

const fn from_to(then: f64, now: f64) -> Course {
    Course::Gradual { then, now }
}

const fn suddenly(then: f64, now: f64) -> Course {
    Course::Sudden { then, now }
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
    // The page that hurts, and since when is plain to see.
    Story {
        path: "/help/returns",
        title: "Sending something back | Fernhill",
        survey: "help-ces",
        visitors: Visitors::Daily(26.0),
        shown: 0.55,
        answering: 0.36,
        happy: suddenly(0.60, 0.20),
        unhappy: suddenly(0.22, 0.62),
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
        title: "Water less, look more | Fernhill journal",
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
        title: "Monstera | Fernhill",
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
    // The tab stands on every page; hardly anybody presses it, and they are the ones with something to say.
    Story {
        path: "/",
        title: "Fernhill: plants that suit the room you have",
        survey: "shop-feedback",
        visitors: Visitors::Daily(60.0),
        shown: 0.03,
        answering: 0.7,
        happy: steady(0.62),
        unhappy: steady(0.16),
    },
    Story {
        path: "/category",
        title: "All plants and pots | Fernhill",
        survey: "shop-feedback",
        visitors: Visitors::Daily(40.0),
        shown: 0.03,
        answering: 0.65,
        happy: steady(0.52),
        unhappy: steady(0.22),
    },
];
